import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { edit, exchange, keepAlive, serve } from './traffic-clients.ts';
import { mirror } from './traffic-servers.ts';

describe('a relayed answer', () => {
  it('is whole, however large', async (t) => {
    const kept = await keepAlive(t, mirror);
    const { body } = await exchange(kept, { path: '/large' });
    assert.equal(Buffer.alloc(5_000_000, 'v2').compare(body), 0);
  });

  it('keeps its trailers', async (t) => {
    const kept = await keepAlive(t, mirror);
    const reply = await exchange(kept, { path: '/trailers' });
    assert.equal(reply.body.toString(), 'body');
    assert.deepEqual(reply.trailers, { 'x-version': 'v2' });
  });

  it('to HEAD has headers and no body', async (t) => {
    const kept = await keepAlive(t, mirror);
    const reply = await exchange(kept, { method: 'HEAD', path: '/head' });
    assert.equal(reply.headers['content-length'], '17');
    assert.equal(reply.headers['x-version'], 'v2');
    assert.equal(reply.body.length, 0);
  });

  for (const [status, header] of [
    [204, 'x-version'],
    [304, 'etag'],
  ] as const) {
    it(`with status ${status} has no body`, async (t) => {
      const kept = await keepAlive(t, mirror);
      const reply = await exchange(kept, { path: `/${status}` });
      assert.equal(reply.status, status);
      assert.match(String(reply.headers[header]), /v2/);
      assert.equal(reply.headers['transfer-encoding'], undefined);
      assert.equal(reply.body.length, 0);
    });
  }

  it('keeps headers that come twice', async (t) => {
    const kept = await keepAlive(t, mirror);
    assert.deepEqual((await exchange(kept, { path: '/cookies' })).headers['set-cookie'], ['a=v2', 'b=2']);
  });

  it('keeps the early hints before it', async (t) => {
    const kept = await keepAlive(t, mirror);
    const reply = await exchange(kept, { path: '/hints' });
    assert.equal(reply.body.toString(), 'v2');
    assert.deepEqual(
      reply.hints.map((hint) => hint.statusCode),
      [102, 103],
    );
    assert.equal(
      reply.hints[1]!.headers['link'],
      '</v2.css>; rel=preload; as=style, </v2.js>; rel=preload; as=script',
    );
  });

  it('may begin before the request has ended', async (t) => {
    const kept = await keepAlive(t, mirror);
    const reply = await exchange(kept, { method: 'POST', path: '/early' }, (request) => {
      request.flushHeaders();
      request.once('response', () => request.end(' and the rest'));
    });
    assert.equal(reply.body.toString(), 'v2 and the rest');
  });

  it('to a client of HTTP/1.0 is not chunked', async (t) => {
    const app = await serve(t, mirror('v1'));
    const client = net.connect(app.port, '127.0.0.1');
    t.after(() => client.destroy());
    client.setEncoding('utf8');
    const ask = (what: string): boolean =>
      client.write(`${what} HTTP/1.0\r\nConnection: keep-alive\r\nHost: old\r\n\r\n`);
    ask('HEAD /head');
    await new Promise((resolve) => client.once('data', resolve));
    await edit(app, mirror('v2'));
    ask('GET /trailers');
    let text = '';
    for await (const piece of client) text += piece as string;
    assert.match(text, /^HTTP\/1\.[01] 200 OK\r\n/);
    assert.doesNotMatch(text, /transfer-encoding/i);
    assert.match(text, /\r\n\r\nbody$/);
  });
});
