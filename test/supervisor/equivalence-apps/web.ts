import { appOf, json } from './app.ts';
import type { EquivalenceApp } from './app.ts';

export const web: readonly EquivalenceApp[] = [
  {
    name: 'express, compression, helmet, cors, cookie-parser, express-session',
    command: ['node', '--stack-trace-limit=20', 'server.js', 'an argument'],
    modules: 150,
    requests: [
      { path: '/' },
      { path: '/large', headers: { 'accept-encoding': 'gzip' } },
      {
        method: 'OPTIONS',
        path: '/users',
        headers: { origin: 'http://a.example', 'access-control-request-method': 'PUT' },
      },
      json('/users', { name: 'Ada' }),
      json('/users', {}),
      { method: 'POST', path: '/users', headers: { 'content-type': 'application/json' }, body: '{' },
      { path: '/nowhere' },
      { path: '/broken' },
    ],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
process.on('warning', () => {});
globalThis.startedBy = 'server';
const express = require('express');
note('express is there');
const helmet = require('helmet');
const cors = require('cors');
const compression = require('compression');
const cookies = require('cookie-parser');
const session = require('express-session');
note('all are there', [express, helmet, cors, compression, cookies, session].map((one) => [one.name, Object.keys(one)]));
const app = express();
app.use(helmet(), cors({ maxAge: 60 }), compression(), cookies('secret'), express.json());
app.use(session({ secret: 's', resave: false, saveUninitialized: true, genid: () => 'the-session' }));
app.use(require('./routes'));
app.get('/seen', (request, response) => response.type('json').send(report()));
app.use((error, request, response, next) => response.status(error.status ?? 500).json({ error: error.message }));
app.listen(process.env.PORT, () => note('listens'));
note('server ends');`,
      'routes/index.js': `
const { note } = require('../lib/witness.cjs');
note('routes begin', globalThis.startedBy);
const version = require('../lib/version.cjs');
const router = require('express').Router();
router.get('/', (request, response) => response.cookie('seen', version, { signed: true }).json({ version, views: request.session.views = (request.session.views ?? 0) + 1 }));
router.get('/large', (request, response) => response.send(version.repeat(3000)));
router.post('/users', (request, response) => {
  if (request.body.name === undefined) throw Object.assign(new Error('no name'), { status: 422 });
  response.status(201).json({ ...request.body, version });
});
router.get('/broken', async () => { throw new Error('broken ' + version); });
module.exports = router;
note('routes end');`,
    }),
  },
  {
    name: 'fastify, CommonJS',
    command: ['node', 'server.js'],
    modules: 200,
    requests: [{ path: '/' }, json('/sum', { a: 1, b: 2 }), json('/sum', { a: 'x' }), { path: '/nowhere' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const Fastify = require('fastify');
note('fastify is there', Object.keys(Fastify));
const app = Fastify({ genReqId: () => 'request' });
app.register(require('./plugin'));
app.get('/seen', (request, reply) => reply.type('application/json').send(report()));
app.addHook('onReady', async () => note('ready'));
app.listen({ port: Number(process.env.PORT), host: '::' }).then(() => note('listens'));
process.nextTick(() => note('tick'));
Promise.resolve().then(() => note('microtask'));
note('server ends');`,
      'plugin.js': `
const { note } = require('./lib/witness.cjs');
note('plugin begins');
const version = require('./lib/version.cjs');
module.exports = async (app) => {
  note('plugin registers');
  const number = { type: 'number' };
  app.get('/', async () => ({ version }));
  app.post('/sum', { schema: { body: { type: 'object', required: ['a', 'b'], properties: { a: number, b: number } } } },
    async ({ body }) => ({ version, sum: body.a + body.b }));
};`,
    }),
  },
  {
    name: 'fastify, ES modules',
    command: ['node', 'server.js'],
    modules: 200,
    requests: [{ path: '/' }, { path: '/nowhere' }],
    files: appOf({
      'package.json': '{"type":"module"}',
      'server.js': `
import witness from './lib/witness.cjs';
import Fastify from 'fastify';
import { plugin } from './plugin.js';
witness.note('server begins', [Object.keys(Fastify), import.meta.url]);
process.nextTick(() => witness.note('tick'));
Promise.resolve().then(() => witness.note('microtask'));
const app = Fastify();
await app.register(plugin);
app.get('/seen', (request, reply) => reply.type('application/json').send(witness.report()));
await app.listen({ port: Number(process.env.PORT), host: '::' });
witness.note('listens');`,
      'plugin.js': `
import witness from './lib/witness.cjs';
import version from './lib/version.cjs';
witness.note('plugin begins');
export const plugin = async (app) => {
  witness.note('plugin registers');
  app.get('/', async () => ({ version, lazy: Object.keys(await import('./lazy.js')) }));
};`,
      'lazy.js': `
import witness from './lib/witness.cjs';
import ws from 'ws';
witness.note('lazy', Object.keys(ws));
export const lazy = true;`,
    }),
  },
  {
    name: 'koa, @koa/router',
    command: ['node', 'server'],
    modules: 50,
    requests: [
      { path: '/' },
      { path: '/users/7' },
      { path: '/nowhere' },
      { method: 'PUT', path: '/' },
      { path: '/broken' },
    ],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const Koa = require('koa');
const app = new Koa();
app.silent = true;
app.use(async (context, next) => {
  await next();
  context.set('X-Version', require('./lib/version.cjs'));
});
app.use(require('./router').routes()).use(require('./router').allowedMethods());
app.use((context, next) => { if (context.path === '/seen') context.body = report(); else return next(); });
app.listen(process.env.PORT, () => note('listens'));`,
      'router.js': `
const { note } = require('./lib/witness.cjs');
note('router begins');
const { Router } = require('@koa/router');
const router = new Router();
router.get('/', (context) => { context.body = { hello: true }; });
router.get('/users/:id', (context) => { context.body = context.params; });
router.get('/broken', () => { throw new Error('broken'); });
module.exports = router;`,
    }),
  },
  {
    name: '@hapi/hapi, joi',
    command: ['node', 'server.js'],
    modules: 150,
    requests: [{ path: '/' }, { path: '/users/7' }, { path: '/users/x' }, { path: '/nowhere' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const Hapi = require('@hapi/hapi');
const Joi = require('joi');
note('hapi is there', [Object.keys(Hapi), Joi.version]);
const version = require('./lib/version.cjs');
const server = Hapi.server({ port: process.env.PORT, info: { remote: true } });
server.route([
  { method: 'GET', path: '/', handler: () => ({ version }) },
  { method: 'GET', path: '/seen', handler: () => report() },
  { method: 'GET', path: '/users/{id}', handler: (request) => request.params.id,
    options: { validate: { params: (value) => Joi.attempt(value, Joi.object({ id: Joi.number() })) } } },
]);
server.ext('onPreStart', () => note('before start'));
server.start().then(() => note('listens'));`,
    }),
  },
  {
    name: 'polka, ws',
    command: ['npm', '--silent', 'start'],
    modules: 15,
    requests: [{ path: '/' }, { path: '/nowhere' }],
    files: appOf({
      'package.json': '{"name":"app","scripts":{"start":"node server.js"}}',
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const polka = require('polka');
const { WebSocketServer, WebSocket } = require('ws');
const version = require('./lib/version.cjs');
const { server } = polka()
  .get('/', (request, response) => {
    const client = new WebSocket('ws://localhost:' + process.env.PORT);
    client.on('message', (data) => { client.terminate(); response.end(String(data)); });
    client.on('error', (error) => response.end(String(error)));
  })
  .get('/seen', (request, response) => response.end(report()))
  .listen(process.env.PORT, () => note('listens'));
new WebSocketServer({ server }).on('connection', (socket) => socket.send('hello from ' + version));`,
    }),
  },
];
