/** A server that can't take part is swapped behind the front, if its port can be moved, and left alone if not. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { freePort } from '../tools/free-port.mts';
import { Load } from './load.ts';
import { keptConnection, Running } from './running.ts';

/** Started as it is: nothing of ours in it. `/slow` is answered once there is a file `go`. */
const server = (version: string): string => `
const http = require('node:http');
const fs = require('node:fs');
if ((process.env.NODE_OPTIONS ?? process.env.HOT_SWAP) !== undefined) throw new Error('something of ours');
const { WebSocketServer } = require('ws');
const server = http.createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: ${version}\\n\\n');
  } else if (request.url === '/slow') {
    response.write('${version} begins, ');
    const timer = setInterval(() => fs.existsSync('go') && (clearInterval(timer), response.end('${version} ends')), 10);
  } else if (request.url === '/echo') {
    request.pipe(response);
  } else response.end('${version}');
});
new WebSocketServer({ server }).on('connection', (socket) => socket.send('${version}'));
server.listen(process.env.PORT, '127.0.0.1');
`;

describe('behind the front', () => {
  it('no request fails or meets older code, and what was begun is finished', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': server('v1') },
      command: ['node', 'server.js'],
      options: ['--way', 'front', '--probe', '/'],
    });
    await app.serving(1);
    const { adapter, listeners } = await app.status();
    assert.deepEqual([adapter, listeners[0]?.port], [`front on :${app.port}`, app.port]);
    const load = Load.start(t, app.port);
    const agent = keptConnection(t);
    const ask = async (): Promise<string> => (await app.get('/', { agent })).body;
    assert.equal(await ask(), 'v1');
    const slow = app.get('/slow');
    const events = app.get('/events');
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/`);
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
    });
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
    await load.answeredSince();

    app.replace('server.js', server('v2'));
    await app.serving(2);
    assert.equal(await ask(), 'v2', 'on a connection from before');
    assert.equal((await events).body, 'data: v1\n\n', 'an event stream ends, and its client comes back');
    assert.equal(await closed, 1012, 'a WebSocket is told that the service restarts');
    app.write('go', '');
    assert.equal((await slow).body, 'v1 begins, v1 ends');
    const { eventStreams, webSockets, lost } = await app.retired(1);
    assert.deepEqual({ eventStreams, webSockets, lost }, { eventStreams: 1, webSockets: 1, lost: 0 });

    app.replace('server.js', 'throw new Error("broken");');
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.serving, failed.message], [2, 'Error: broken']);
    assert.equal(await ask(), 'v2');
    const body = 'x'.repeat(3_000_000);
    assert.equal((await app.get('/echo', { method: 'POST', agent }, body)).body.length, body.length);
    app.replace('server.js', server('v3'));
    await app.serving(4);
    assert.equal(await ask(), 'v3');
    await load.answeredSince();
    const { answered, bad, refused, cut } = await load.stop();
    t.diagnostic(`${answered} answered, ${bad + refused + cut} failed, ${load.stale} stale`);
    assert.deepEqual(
      { bad, refused, cut, stale: load.stale, latest: load.latest },
      { bad: 0, refused: 0, cut: 0, stale: 0, latest: 'v3' },
    );
  });

  it('a crash is no end, and a port in the command is moved', async (t) => {
    const port = await freePort();
    const app = await Running.start(t, {
      files: {
        'server.js': `
          const server = require('node:http').createServer((request, response) => {
            if (request.url === '/crash') process.exit(1);
            response.end(process.argv[2]);
          });
          server.listen(process.argv[2]);
        `,
      },
      command: ['node', 'server.js', '${port}'],
      options: ['--way', 'front', '--port', String(port)],
    });
    await app.serving(1);
    const ask = (path: string): Promise<string> =>
      app.get(path, { port }).then(
        ({ body }) => body,
        (error: unknown) => String((error as NodeJS.ErrnoException).code),
      );
    const first = await ask('/');
    assert.notEqual(first, String(port));
    assert.equal(await ask('/crash'), 'ECONNRESET');
    assert.notEqual(await ask('/'), first, 'waits for the next one');
    await app.serving(2);
  });

  it('whoever listens elsewhere is left alone', async (t) => {
    const port = await freePort();
    const app = await Running.start(t, {
      files: {
        'server.js': `require('node:http').createServer((_, answer) => answer.end('v1')).listen(${port});`,
      },
      command: ['node', 'server.js'],
      options: ['--way', 'front'],
    });
    await app.serving(1);
    const { message } = await app.event('notice');
    assert.match(message, /without a port that can be moved, .*does not listen where PORT says/);
    assert.equal((await app.get('/', { port })).body, 'v1');
    const refused = await new Promise((resolve) => {
      http.get({ port: app.port, host: '127.0.0.1' }).on('error', ({ message: why }) => resolve(why));
    });
    assert.match(String(refused), /ECONNREFUSED/);
  });
});
