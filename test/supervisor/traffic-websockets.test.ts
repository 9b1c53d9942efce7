import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import WebSocket from 'ws';
import type { Running } from './running.ts';
import { edit, keepAlive, serve } from './traffic-clients.ts';
import { sockets } from './traffic-servers.ts';

interface Chat {
  readonly socket: WebSocket;
  readonly greeting: Promise<string>;
  readonly closed: Promise<number>;
}

function chat(t: TestContext, app: Running): Chat {
  const socket = new WebSocket(`ws://127.0.0.1:${app.port}/chat`);
  t.after(() => socket.terminate());
  const greeting = next(socket);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return { socket, greeting, closed };
}

function next(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data: Buffer) => {
      resolve(data.toString());
    });
    socket.once('error', reject);
  });
}

describe('a WebSocket', () => {
  it('is closed with 1012 after the cutover and finds new code', async (t) => {
    const app = await serve(t, sockets('v1'));
    const before = chat(t, app);
    assert.match(await before.greeting, /^v1 greets/);
    await edit(app, sockets('v2'));
    assert.equal(await before.closed, 1012);
    assert.match(await chat(t, app).greeting, /^v2 greets/);
    const retired = await app.retired(1);
    assert.equal(retired.webSockets, 1);
    assert.equal(retired.lost, 0);
    assert.match(app.output, /v1 closed 1012/);
  });

  it('whose handshake comes while the new code boots gets the new code', async (t) => {
    const app = await serve(t, sockets('v1'));
    await edit(app, sockets('v2'), 'held');
    const { socket, greeting } = chat(t, app);
    await app.event('holding', (event) => event.requests === 1);
    const [, port] = /^v2 greets (\d+)$/.exec(await greeting) ?? [];
    assert.equal(Number(port), (socket as unknown as { _socket: net.Socket })._socket.localPort);
    const heard = next(socket);
    socket.send('hello');
    assert.equal(await heard, 'v2 heard hello');
  });

  it('whose handshake is held is let in by the old code if the new fails', async (t) => {
    const app = await serve(t, sockets('v1'));
    await edit(app, 'throw new Error("no")', 'held');
    const { socket, greeting, closed } = chat(t, app);
    assert.match(await greeting, /^v1 greets/);
    app.write('server.js', sockets('v3'));
    app.swap();
    await app.serving(3);
    assert.equal(await closed, 1012);
    assert.equal(socket.readyState, WebSocket.CLOSED);
  });

  it('handshake on a kept-alive connection reaches the new code', async (t) => {
    const { app, agent } = await keepAlive(t, sockets);
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/chat`, { agent });
    t.after(() => socket.terminate());
    assert.match(await next(socket), /^v2 greets/);
  });

  it('client that gives up during the handshake hurts nobody', async (t) => {
    const app = await serve(t, sockets('v1'));
    await edit(app, sockets('v2'), 'held');
    const client = net.connect(app.port, '127.0.0.1');
    client.write(
      'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n',
    );
    await app.event('holding', (event) => event.requests === 1);
    client.resetAndDestroy();
    await app.serving(2);
    assert.equal((await app.retired(1)).exitCode, 0);
    assert.equal((await app.get('/')).body, 'v2');
  });
});
