/** To its app a port is as it would be without us: free until something of its own generation listens there. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { npmPackages } from '../tools/npm-packages.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import { Running } from './running.ts';

let modules = '';
before(async () => {
  modules = await npmPackages('port-questions', [
    'detect-port@2',
    'portfinder@1',
    'get-port@7',
    'get-port5@npm:get-port@5',
    'tcp-port-used@1',
  ]);
});

/** What people do before they listen; each gives what it gives when the port is free. */
const questions = (): string => `
const http = require('node:http');
const net = require('node:net');
const want = Number(process.env.PORT);
const of = (name) => require(${JSON.stringify(modules)} + '/' + name);
const listens = (at, end) => new Promise((resolve) => {
  const server = net.createServer();
  server.once('error', (error) => resolve(error.code));
  server.listen(at, () => end(server, () => resolve('free')));
});
const connects = (at) => new Promise((resolve) => {
  const socket = net.connect(at, () => { socket.destroy(); resolve('taken'); });
  socket.once('error', (error) => resolve(error.code ?? error.errors?.[0].code));
});
const questions = {
  'detect-port': () => of('detect-port').detect(want),
  portfinder: () => of('portfinder').getPortPromise({ port: want }),
  'get-port 5': () => of('get-port5')({ port: want }),
  'get-port 7': () => import(${JSON.stringify(modules)} + '/get-port/index.js').then((m) => m.default({ port: want })),
  'tcp-port-used': () => of('tcp-port-used').check(want),
  listen: () => listens({ port: want }, (server, done) => server.close(done)),
  'listen on 127.0.0.1': () => listens({ port: want, host: '127.0.0.1' }, (server, done) => server.close(done)),
  'listen on ::1': () => listens({ port: want, host: '::1' }, (server, done) => server.close(done)),
  'its address': () => listens({ port: want, host: '127.0.0.1' }, (server, done) => {
    if (server.address().port === want) server.close(done);
  }),
  connect: () => connects({ port: want, host: '127.0.0.1' }),
  'connect to localhost': () => connects({ port: want }),
  fetch: () => fetch('http://127.0.0.1:' + want).then(() => 'taken', (error) => error.cause.code),
};
`;
const free = (port: number): Record<string, unknown> => ({
  'detect-port': port,
  portfinder: port,
  'get-port 5': port,
  'get-port 7': port,
  'tcp-port-used': false,
  listen: 'free',
  'listen on 127.0.0.1': 'free',
  'listen on ::1': 'free',
  'its address': 'free',
  connect: 'ECONNREFUSED',
  'connect to localhost': 'ECONNREFUSED',
  fetch: 'ECONNREFUSED',
});

const asking = (version: string): string => `${questions()}
(async () => {
  const answers = {};
  for (const [name, ask] of Object.entries(questions)) answers[name] = await ask();
  console.log('${version} heard', JSON.stringify(answers), '!');
  const server = http.createServer((req, res) => res.end('${version}'));
  server.listen(want, async () => console.log('${version} then', await connects({ port: want, host: '127.0.0.1' })));
})();`;

async function asks(t: TestContext, node: string): Promise<void> {
  const app = await Running.start(t, { files: { 'server.js': asking('v1') }, command: [node, 'server.js'] });
  await app.serving(1);
  for (const n of [1, 2, 3]) {
    if (n > 1) {
      app.write('server.js', asking(`v${n}`));
      await app.serving(n);
    }
    const [, heard = ''] = await app.printed(new RegExp(`v${n} heard (.*) !`));
    assert.deepEqual(JSON.parse(heard), free(app.port), `generation ${n}`);
    await app.printed(new RegExp(`v${n} then taken`));
    assert.equal((await app.get('/')).body, `v${n}`);
  }
  assert.deepEqual(
    app.events.filter(({ event }) => event === 'rolledBack' || event === 'listenerClosed'),
    [],
  );
}

describe('a server that asks whether its port is free', () => {
  for (const major of nodeMajors)
    it(`hears that it is, in every generation (Node ${major})`, async (t) =>
      asks(t, await nodeBinary(major)));
});
