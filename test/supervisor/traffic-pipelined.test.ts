/** Clients that send a request before they have the answer to the one before (RFC 9112, 9.3.2). */
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { edit, serve } from './traffic-clients.ts';
import { untilTrue } from './until.ts';

/** `/slow` waits for `/go` of the same process. */
const source = (version: string): string => `
const slow = [];
require('node:http').createServer((request, response) => {
  if (request.url === '/slow') {
    console.log('${version} begins', slow.push(() => response.end('${version} slow')));
    return;
  }
  if (request.url === '/go') for (const one of slow) one();
  response.end('${version}');
}).listen(process.env.PORT, '127.0.0.1');
// It gets no more requests by then: a signal is the way to it.
process.on('SIGUSR2', () => slow.forEach((one) => one()));
`;

class Ahead {
  text = '';
  private readonly socket: net.Socket;

  constructor(t: TestContext, port: number) {
    this.socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    this.socket.on('data', (text: string) => (this.text += text));
    t.after(() => this.socket.destroy());
  }

  /** In one packet. */
  ask(...paths: readonly string[]): void {
    this.socket.write(paths.map((one) => `GET ${one} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  }

  get answers(): string[] {
    return [...this.text.matchAll(/\r\n\r\n(?:[0-9a-f]+\r\n)?(v\d(?: slow)?)/g)].map(([, body]) => body!);
  }

  async answered(...bodies: readonly string[]): Promise<void> {
    await untilTrue(() => this.answers.length >= bodies.length || this.socket.destroyed);
    assert.deepEqual(this.answers, bodies, this.text);
  }
}

describe('requests that were sent ahead', () => {
  it('are all answered when a drain begins between them, the later ones by the new code', async (t) => {
    const app = await serve(t, source('v1'));
    const { pid } = await app.event('serving');
    const client = new Ahead(t, app.port);
    client.ask('/', '/slow', '/slow');
    await app.printed(/v1 begins 2/);
    await edit(app, source('v2'));
    client.ask('/', '/');
    process.kill(pid, 'SIGUSR2');
    await client.answered('v1', 'v1 slow', 'v1 slow', 'v2', 'v2');
  });

  it('are all answered when they wait for the new code', async (t) => {
    const app = await serve(t, source('v1'));
    const client = new Ahead(t, app.port);
    client.ask('/');
    await client.answered('v1');
    await edit(app, source('v2'), 'held');
    client.ask('/', '/', '/');
    await client.answered('v1', 'v2', 'v2', 'v2');
  });

  it('are all answered where the old generation ends first', async (t) => {
    const app = await serve(t, source('v1'), '--no-overlap');
    const { pid } = await app.event('serving');
    const client = new Ahead(t, app.port);
    client.ask('/', '/slow');
    await app.printed(/v1 begins 1/);
    app.write('server.js', source('v2'));
    app.swap();
    await app.event('vacating');
    client.ask('/', '/');
    process.kill(pid, 'SIGUSR2');
    await client.answered('v1', 'v1 slow', 'v1', 'v1');
    await app.serving(2);
  });
});
