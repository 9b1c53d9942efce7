import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { exchange, keepAlive, moments } from './traffic-clients.ts';
import { bouncer, mirror } from './traffic-servers.ts';

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
