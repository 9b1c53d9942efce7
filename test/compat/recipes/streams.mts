/** Protocols that stay connected, each as its library's own README begins. */
import type { Recipe } from '../recipe.mts';

const about = (type: 'commonjs' | 'module'): string =>
  `${JSON.stringify({ name: 'app', private: true, type, scripts: { dev: 'node server.js' } }, undefined, 2)}\n`;
const json = { 'Content-Type': 'application/json' };
const saves = {
  entry: 'server.js',
  route: 'schema.js',
  deep: 'messages.js',
  config: 'package.json',
} as const;

const messages = `export const hello = () => 'world';
export async function* ticks() {
  for (let tick = 0; ; tick++) {
    yield tick;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
`;

const typeDefs =
  'type Query { hello: String } type Mutation { say(text: String): String } type Subscription { tick: Int }';

const schema = (make: string, from: string): string => `import { ${make} } from '${from}';
import { hello, ticks } from './messages.js';

async function* subscribe() {
  for await (const tick of ticks()) yield { tick };
}

export const schema = ${make}({
  typeDefs: '${typeDefs}',
  resolvers: {
    Query: { hello },
    Mutation: { say: (_, { text }) => text },
    Subscription: { tick: { subscribe } },
  },
});
`;

const apollo = `import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { schema } from './schema.js';

const app = express();
const httpServer = createServer(app);
const wsServer = new WebSocketServer({ server: httpServer, path: '/graphql' });
const serverCleanup = useServer({ schema }, wsServer);
const server = new ApolloServer({
  schema,
  plugins: [
    ApolloServerPluginDrainHttpServer({ httpServer }),
    { async serverWillStart() { return { async drainServer() { await serverCleanup.dispose(); } }; } },
  ],
});
await server.start();
app.use('/graphql', express.json(), expressMiddleware(server));
httpServer.listen(process.env.PORT, () => console.log('listening'));
`;

const yoga = `import { createServer } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { schema } from './schema.js';

const yoga = createYoga({ schema });
createServer(yoga).listen(process.env.PORT, () => console.log('listening'));
`;

const socketIo = `const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');
const { router } = require('./schema');
const { greeting } = require('./messages');

const app = express();
app.use(router);
const server = createServer(app);
const io = new Server(server);
io.on('connection', (socket) => {
  socket.emit('greeting', greeting());
  socket.on('chat message', (message) => io.emit('chat message', message));
});
server.listen(process.env.PORT);
`;

const webSocket = `const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');
const { answer } = require('./schema');
const { greeting } = require('./messages');

const server = createServer(answer);
const wss = new WebSocketServer({ server });
wss.on('connection', (ws) => {
  ws.on('error', console.error);
  ws.on('message', (data) => ws.send(String(data)));
  ws.send(greeting());
});
server.listen(process.env.PORT);
`;

const events = `const express = require('express');
const { router } = require('./schema');
const { greeting } = require('./messages');

const app = express();
app.use(router);
app.get('/events', (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const timer = setInterval(() => res.write('data: ' + greeting() + '\\n\\n'), 200);
  req.on('close', () => clearInterval(timer));
});
app.listen(process.env.PORT);
`;

const router = `const { Router } = require('express');

exports.router = Router();
exports.router.get('/', (req, res) => res.send('<h1>Hello world</h1>'));
`;
const greeting = "exports.greeting = () => 'hello at ' + new Date().toISOString();\n";

const query = { path: '/graphql', headers: json, body: '{"query":"mutation { say(text: \\"{n}\\") }"}' };
const subscription = '{"query":"subscription { tick }"}';

export const streams: readonly Recipe[] = [
  {
    name: 'apollo',
    title: '@apollo/server, subscriptions',
    project: {
      adds: [
        '@apollo/server',
        '@as-integrations/express5',
        '@graphql-tools/schema',
        'express',
        'graphql',
        'graphql-ws',
        'ws',
      ],
      files: {
        'package.json': about('module'),
        'server.js': apollo,
        'schema.js': schema('makeExecutableSchema', '@graphql-tools/schema'),
        'messages.js': messages,
      },
    },
    command: 'npm run dev',
    get: ['/graphql?query=%7Bhello%7D'],
    headers: { 'apollo-require-preflight': 'true' },
    post: query,
    streams: [
      {
        is: 'websocket',
        path: '/graphql',
        protocol: 'graphql-transport-ws',
        hello: ['{"type":"connection_init"}'],
        answers: { '{"type":"connection_ack"}': `{"id":"1","type":"subscribe","payload":${subscription}}` },
      },
    ],
    saves,
  },
  {
    name: 'yoga',
    title: 'graphql-yoga, subscriptions',
    project: {
      adds: ['graphql-yoga', 'graphql'],
      files: {
        'package.json': about('module'),
        'server.js': yoga,
        'schema.js': schema('createSchema', 'graphql-yoga'),
        'messages.js': messages,
      },
    },
    command: 'npm run dev',
    get: ['/graphql?query=%7Bhello%7D'],
    post: query,
    streams: [{ is: 'events', path: '/graphql?query=subscription%7Btick%7D' }],
    saves,
  },
  {
    name: 'socket.io',
    project: {
      adds: ['socket.io', 'express'],
      files: {
        'package.json': about('commonjs'),
        'server.js': socketIo,
        'schema.js': router,
        'messages.js': greeting,
      },
    },
    command: 'npm run dev',
    streams: [
      {
        is: 'websocket',
        path: '/socket.io/?EIO=4&transport=websocket',
        hello: ['40'],
        answers: { '2': '3' },
      },
    ],
    saves,
  },
  {
    name: 'ws',
    project: {
      adds: ['ws'],
      files: {
        'package.json': about('commonjs'),
        'server.js': webSocket,
        'schema.js': "exports.answer = (req, res) => res.end('hello');\n",
        'messages.js': greeting,
      },
    },
    command: 'npm run dev',
    streams: [{ is: 'websocket', path: '/', hello: ['one'] }],
    saves,
  },
  {
    name: 'events',
    title: 'server-sent events, Express',
    project: {
      adds: ['express'],
      files: {
        'package.json': about('commonjs'),
        'server.js': events,
        'schema.js': router,
        'messages.js': greeting,
      },
    },
    command: 'npm run dev',
    streams: [{ is: 'events', path: '/events' }],
    saves,
  },
];
