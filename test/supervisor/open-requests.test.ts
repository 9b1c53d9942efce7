import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import type { RequestMark } from '../../src/page/scene.ts';
import * as rpc from '../../src/shared/rpc.ts';
import type { GenerationMarks, GenerationRequests } from '../../src/shared/told/requests.ts';
import { marksOf as marksIn } from '../../src/editor/timeline/marks.ts';
import { Supervised } from './supervised.ts';

/** Asks `gate` before it listens. */
const source = (gate: number): string => `
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/events') response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\\n\\n');
    else if (request.url === '/slow') console.log('slow begins');
    else response.end('fast');
  }).on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n');
    socket.on('data', () => undefined);
  });
  require('node:http').get('http://127.0.0.1:${gate}/', () => server.listen(process.env.PORT));`;

/** Resolves to how it ended. */
function ask(
  t: TestContext,
  port: number,
  path: string,
  headers = {},
): { begun: Promise<void>; ended: Promise<string> } {
  const request = http.get({ port, path, host: '127.0.0.1', agent: false, headers });
  t.after(() => request.destroy());
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<string>((resolve) => {
    request.on('response', (response) => {
      begin();
      response.resume().on('close', () => resolve(response.complete ? 'whole' : 'broken'));
    });
    request.on('upgrade', (_, socket) => {
      begin();
      socket.resume().on('close', () => resolve('closed'));
    });
    request.on('error', () => resolve('broken'));
  });
  return { begun, ended };
}

it('what keeps a drain waiting is told one by one, and can be cut; so is what came around a swap', async (t) => {
  const supervised = await Supervised.start(t);
  let opened = Promise.resolve();
  const gate = http
    .createServer((_, response) => void opened.then(() => response.end()))
    .listen(0, '127.0.0.1');
  t.after(() => gate.close());
  await once(gate, 'listening');
  const port = await supervised.serve('app', source((gate.address() as AddressInfo).port));
  const { connection } = supervised;
  const requests = (): Promise<readonly GenerationRequests[]> =>
    connection.sendRequest(rpc.requests, { server: 'app' });
  const printed = new Promise<void>((resolve) => {
    connection.onNotification(rpc.didPrint, ({ text }) => {
      if (text.includes('slow begins')) resolve();
    });
  });
  const slow = ask(t, port, '/slow');
  const events = ask(t, port, '/events');
  const socket = ask(t, port, '/live', { connection: 'Upgrade', upgrade: 'websocket' });
  await Promise.all([printed, events.begun, socket.begun]);

  const [before] = await requests();
  assert.equal(before?.known, true);
  assert.deepEqual(before.requests.map(({ kind, method, path }) => `${kind} ${method} ${path}`).sort(), [
    'eventStream GET /events',
    'request GET /slow',
    'webSocket GET /live',
  ]);

  // Streams and sockets are ended by the swap itself; what is left is what it waits for.
  await supervised.swap('app');
  await Promise.all([events.ended, socket.ended]);
  const waits = (await requests()).find(({ generation }) => generation === 1);
  assert.deepEqual(
    waits?.requests.map(({ path }) => path),
    ['/slow'],
  );
  const request = waits.requests[0]?.id ?? 0;
  await connection.sendNotification(rpc.cut, { server: 'app', generation: 1, request });
  assert.equal(await slow.ended, 'broken');
  await supervised.retired('app', 1);
  const retired = supervised.events.find((event) => event.event === 'retired' && event.generation === 1);
  assert.equal(retired?.event === 'retired' && retired.lost, 1);

  let open = (): void => undefined;
  opened = new Promise((resolve) => (open = resolve));
  const swapping = supervised.swap('app');
  await supervised.happened((event) => event.event === 'starting' && event.generation === 3);
  const held = ask(t, port, '/held');
  await supervised.happened((event) => event.event === 'holding' && event.generation === 2);
  open();
  await swapping;
  assert.equal(await held.ended, 'whole');
  assert.equal(await ask(t, port, '/after').ended, 'whole');
  await supervised.retired('app', 2);
  const told = await connection.sendRequest(rpc.marks, { server: 'app' });
  const [waited, ...others] = marksOf(told, 2);
  assert.ok(waited && others.length === 0, JSON.stringify(told));
  assert.ok(waited.held > 0 && waited.ms >= waited.held && Math.abs(waited.at - Date.now()) < 600_000);
  // The one that waited, and the one that came to it.
  assert.deepEqual(
    marksOf(told, 3).map((mark) => mark.held),
    [0, 0],
    JSON.stringify(told),
  );
});

function marksOf(told: readonly GenerationMarks[], generation: number): readonly RequestMark[] {
  return marksIn(told).get(generation) ?? [];
}
