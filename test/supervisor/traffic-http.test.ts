import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';
import { describe, it } from 'node:test';
import { edit, exchange, keepAlive, moments } from './traffic-clients.ts';
import { bouncer, mirror } from './traffic-servers.ts';
import { Running } from './running.ts';

interface Mirrored {
  readonly version: string;
  readonly method: string;
  readonly size: number;
  readonly sha1: string;
  readonly headers: readonly string[];
  readonly trailers: Readonly<Record<string, string>>;
  readonly from: readonly [string, number];
}

const sha1 = (data: Buffer): string => createHash('sha1').update(data).digest('hex');
const mirrored = (body: Buffer): Mirrored => JSON.parse(body.toString()) as Mirrored;
const large = randomBytes(5_000_000);

for (const moment of moments) {
  describe(`a request on a kept-alive connection, ${moment}`, () => {
    it('brings a body with its length', async (t) => {
      const kept = await keepAlive(t, mirror, moment);
      const headers = { 'Content-Length': String(large.length), 'X-Twice': ['a', 'b'] };
      const reply = await exchange(kept, { method: 'POST', path: '/mirror', headers }, (request) => {
        request.end(large);
      });
      const seen = mirrored(reply.body);
      assert.equal(seen.version, 'v2');
      assert.equal(seen.sha1, sha1(large));
      assert.ok(seen.headers.includes(`127.0.0.1:${kept.app.port}`), 'the Host header is the client’s');
      assert.deepEqual(
        seen.headers.filter((_, i) => seen.headers[i - 1] === 'X-Twice'),
        ['a', 'b'],
      );
      assert.equal(reply.headers.connection, 'close');
    });

    it('brings a chunked body and its trailers', async (t) => {
      const kept = await keepAlive(t, mirror, moment);
      const headers = { 'Transfer-Encoding': 'chunked', Trailer: 'X-Sum' };
      const reply = await exchange(kept, { method: 'PUT', path: '/mirror', headers }, (request) => {
        for (let at = 0; at < large.length; at += 100_000) request.write(large.subarray(at, at + 100_000));
        request.addTrailers({ 'X-Sum': 'right' });
        request.end();
      });
      const seen = mirrored(reply.body);
      assert.equal(seen.version, 'v2');
      assert.equal(seen.method, 'PUT');
      assert.equal(seen.sha1, sha1(large));
      assert.deepEqual(seen.trailers, { 'x-sum': 'right' });
    });

    it('shows the client’s address', async (t) => {
      const kept = await keepAlive(t, mirror, moment);
      const seen = mirrored((await exchange(kept, { path: '/mirror' })).body);
      assert.equal(seen.version, 'v2');
      assert.match(seen.from[0], /^(::ffff:)?127\.0\.0\.1$/);
      assert.equal(seen.from[1], kept.localPort);
    });

    it('gets 100 Continue from a server that leaves it to Node', async (t) => {
      const kept = await keepAlive(t, mirror, moment);
      const headers = { 'Content-Length': '4', Expect: '100-continue' };
      const reply = await exchange(kept, { method: 'POST', path: '/mirror', headers }, (request) => {
        request.once('continue', () => request.end('body'));
      });
      const seen = mirrored(reply.body);
      assert.equal(seen.version, 'v2');
      assert.equal(seen.size, 4);
    });

    it('gets 100 Continue, or not, from a server that decides itself', async (t) => {
      const kept = await keepAlive(t, bouncer, moment);
      const headers = { 'Content-Type': 'text/plain', 'Content-Length': '4', Expect: '100-continue' };
      const good = await exchange(kept, { method: 'POST', headers }, (request) => {
        request.once('continue', () => request.end('body'));
      });
      assert.equal(good.body.toString(), 'v2 body');
    });
  });
}

describe('a relayed answer', () => {
  it('is whole, however large', async (t) => {
    const kept = await keepAlive(t, mirror);
    const { body } = await exchange(kept, { path: '/large' });
    assert.equal(sha1(body), sha1(Buffer.alloc(5_000_000, 'v2')));
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
    const app = await Running.start(t, { files: { 'server.js': mirror('v1') }, command: ['node', 'server.js'] });
    await app.serving(1);
    const client = net.connect(app.port, '127.0.0.1');
    t.after(() => client.destroy());
    client.setEncoding('utf8');
    const ask = (path: string): boolean =>
      client.write(`GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\nHost: old\r\n\r\n`);
    ask('/304');
    await new Promise((resolve) => client.once('data', resolve));
    await edit(app, mirror('v2'));
    ask('/trailers');
    let text = '';
    for await (const piece of client) text += piece as string;
    assert.match(text, /^HTTP\/1\.[01] 200 OK\r\n/);
    assert.doesNotMatch(text, /transfer-encoding/i);
    assert.match(text, /\r\n\r\nbody$/);
  });
});
