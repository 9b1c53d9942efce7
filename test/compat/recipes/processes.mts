/** Servers of several processes, threads or ports, and other protocols than HTTP/1. */
import fs from 'node:fs';
import { inRepository } from '../../bench/servers/samples.mts';
import type { Recipe, Save } from '../recipe.mts';

const about = `${JSON.stringify({ name: 'app', private: true, scripts: { dev: 'node server.js' } }, undefined, 2)}\n`;
const tls = (name: string): string =>
  fs.readFileSync(inRepository(`test/supervisor/tls/${name}.pem`), 'utf8');
const certificate = { 'cert.pem': tls('cert'), 'key.pem': tls('key') };
const keys = "{ key: fs.readFileSync('key.pem'), cert: fs.readFileSync('cert.pem') }";

/** Answers tell the number by what they say; it is in each of these files. */
const says = (file: string): Save => ({
  file,
  shows: true,
  edit: (text, number) => text.replace(/save-\d+/, `save-${number}`),
});
const said = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`lib/${name}.js`, `exports.${name} = 'save-0';\n`]));
const sayAll = "[route, deep, 'save-0'].join(' ')";
const sayers = "const { route } = require('./lib/route');\nconst { deep } = require('./lib/deep');\n";
const sayingFiles = said(['route', 'deep']);
const sayingSaves = {
  entry: says('server.js'),
  route: says('lib/route.js'),
  deep: says('lib/deep.js'),
  config: 'package.json',
} as const;

const answer = "exports.answer = (req, res) => res.end('hello from ' + process.pid);\n";
const deep =
  'exports.fibonacci = (n) => (n < 2 ? n : exports.fibonacci(n - 1) + exports.fibonacci(n - 2));\n';
const files = { 'package.json': about, 'lib/answer.js': answer, 'lib/deep.js': deep };
const saves = {
  entry: 'server.js',
  route: 'lib/answer.js',
  deep: 'lib/deep.js',
  config: 'package.json',
} as const;

const cluster = `const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
  cluster.on('exit', (worker) => console.log('worker ' + worker.process.pid + ' died'));
} else {
  require('./lib/deep');
  http.createServer(require('./lib/answer').answer).listen(process.env.PORT);
}
`;

const workers = `const http = require('node:http');
const { Worker } = require('node:worker_threads');
const { answer } = require('./lib/answer');

const worker = new Worker('./lib/worker.js');
let next = 0;
const waiting = new Map();
worker.on('message', ({ id, value }) => {
  waiting.get(id)?.(value);
  waiting.delete(id);
});
http.createServer(async (req, res) => {
  if (req.url !== '/fibonacci') return answer(req, res);
  const id = next++;
  const value = await new Promise((resolve) => {
    waiting.set(id, resolve);
    worker.postMessage({ id, n: 15 });
  });
  res.end(String(value));
}).listen(process.env.PORT);
`;
const worker = `const { parentPort } = require('node:worker_threads');
const { fibonacci } = require('./deep');
parentPort.on('message', ({ id, n }) => parentPort.postMessage({ id, value: fibonacci(n) }));
`;

const twoPorts = `const http = require('node:http');
const { answer } = require('./lib/answer');
require('./lib/deep');

http.createServer(answer).listen({port});
http.createServer((req, res) => res.end('admin')).listen({port2});
`;

const https = `const fs = require('node:fs');
const https = require('node:https');
const { answer } = require('./lib/answer');
require('./lib/deep');

https.createServer(${keys}, answer).listen(process.env.PORT);
`;

const http2 = `const fs = require('node:fs');
const http2 = require('node:http2');
${sayers}
const server = http2.createSecureServer(${keys});
server.on('stream', (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' });
  stream.end(${sayAll});
});
server.listen(process.env.PORT);
`;

const lines = `const net = require('node:net');
${sayers}
net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', () => socket.write(${sayAll} + '\\n'));
}).listen(process.env.PORT);
`;

export const processes: readonly Recipe[] = [
  {
    name: 'cluster',
    title: 'node:cluster, two workers',
    project: { files: { ...files, 'server.js': cluster } },
    command: 'npm run dev',
    saves,
  },
  {
    name: 'worker-threads',
    title: 'node:worker_threads',
    project: { files: { ...files, 'server.js': workers, 'lib/worker.js': worker } },
    command: 'npm run dev',
    get: ['/', '/fibonacci'],
    // What a thread loads is not in the answers of the main one.
    saves: { ...saves, deep: { file: 'lib/deep.js', shows: false } },
  },
  {
    name: 'two-ports',
    title: 'two ports',
    project: { files: { ...files, 'server.js': twoPorts } },
    command: 'npm run dev',
    saves,
  },
  {
    name: 'https',
    title: 'node:https',
    project: { files: { ...files, ...certificate, 'server.js': https } },
    command: 'npm run dev',
    speaks: 'https',
    saves,
  },
  {
    name: 'http2',
    title: 'node:http2 over TLS',
    project: { files: { 'package.json': about, ...sayingFiles, ...certificate, 'server.js': http2 } },
    command: 'npm run dev',
    speaks: 'http2',
    saves: sayingSaves,
  },
  {
    name: 'lines',
    title: 'node:net, a protocol of lines',
    project: { files: { 'package.json': about, ...sayingFiles, 'server.js': lines } },
    command: 'npm run dev',
    speaks: 'lines',
    saves: sayingSaves,
    notPromised: 'a connection that is open stays with the code that accepted it',
  },
];
