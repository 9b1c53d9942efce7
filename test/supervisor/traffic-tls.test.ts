import assert from 'node:assert/strict';
import https from 'node:https';
import http2 from 'node:http2';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { request } from './running.ts';
import type { Running } from './running.ts';
import { edit, moments, serve } from './traffic-clients.ts';
import { http2 as http2Server, secure } from './traffic-servers.ts';

describe('an HTTPS server', () => {
  for (const moment of moments) {
    it(`answers a kept-alive connection with new code, ${moment}`, async (t) => {
      const app = await serve(t, secure('v1'));
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
      t.after(() => agent.destroy());
      let localPort = 0;
      agent.once('free', (socket: { localPort: number }) => (localPort = socket.localPort));
      const ask = async (path: string): Promise<string> =>
        (await request({ host: '127.0.0.1', port: app.port, protocol: 'https:', path, agent })).body;
      assert.equal(await ask('/'), 'v1');
      await edit(app, secure('v2'), moment);
      assert.deepEqual(JSON.parse(await ask('/socket')), { version: 'v2', encrypted: true, from: localPort });
      assert.equal(await ask('/'), 'v2');
    });
  }
});

interface H2Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: http2.IncomingHttpHeaders;
  readonly trailers: http2.IncomingHttpHeaders;
}

function connect(t: TestContext, app: Running, tls: boolean): http2.ClientHttp2Session {
  const scheme = tls ? 'https' : 'http';
  const session = http2.connect(`${scheme}://127.0.0.1:${app.port}`, { rejectUnauthorized: false });
  t.after(() => session.destroy());
  return session;
}

function ask(session: http2.ClientHttp2Session, path: string, body?: Buffer): Promise<H2Reply> {
  const method = body === undefined ? 'GET' : 'POST';
  const stream = session.request({ ':path': path, ':method': method }, { endStream: false });
  stream.end(body);
  return replyOf(stream);
}

/** Asks, without an end, and waits until the answer begins. */
async function begin(
  session: http2.ClientHttp2Session,
  path: string,
): Promise<{ readonly reply: Promise<H2Reply>; readonly stream: http2.ClientHttp2Stream }> {
  const stream = session.request({ ':path': path, ':method': 'POST' });
  const reply = replyOf(stream);
  reply.catch(() => undefined); // for whoever looks at it later
  await new Promise((resolve) => stream.once('response', resolve));
  return { reply, stream };
}

function replyOf(stream: http2.ClientHttp2Stream): Promise<H2Reply> {
  return new Promise((resolve, reject) => {
    let headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
    let trailers: http2.IncomingHttpHeaders = {};
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (received) => (headers = received));
    stream.on('trailers', (received: http2.IncomingHttpHeaders) => (trailers = received));
    stream.on('data', (piece: string) => (text += piece));
    stream.on('error', reject);
    stream.on('end', () => {
      resolve({ status: headers[':status'] ?? 0, body: text, headers, trailers });
    });
  });
}

for (const tls of [false, true]) {
  const kind = tls ? 'HTTP/2 over TLS' : 'HTTP/2 in clear text';
  const suffix = tls ? 's' : '';
  describe(kind, () => {
    it('finishes streams under way, says goodbye, and new sessions meet new code', async (t) => {
      const app = await serve(t, http2Server('v1', tls));
      const session = connect(t, app, tls);
      const goodbye = new Promise((resolve) => session.once('goaway', resolve));
      assert.equal((await ask(session, '/')).body, `v1 0 over HTTP/2.0${suffix}`);
      const slow = await begin(session, '/slow');
      await edit(app, http2Server('v2', tls));
      slow.stream.end();
      assert.equal((await slow.reply).body, 'v1 begins, v1 ends');
      await goodbye;
      assert.ok(!app.events.some((event) => event.event === 'retired'), 'it is told in time');
      assert.equal((await ask(connect(t, app, tls), '/')).body, `v2 0 over HTTP/2.0${suffix}`);
      const retired = await app.retired(1);
      assert.equal(retired.finished, 1);
      assert.equal(retired.lost, 0);
    });

    it('holds streams that come while new code boots, and gives them to it', async (t) => {
      const app = await serve(t, http2Server('v1', tls));
      const session = connect(t, app, tls);
      await ask(session, '/');
      await edit(app, http2Server('v2', tls), 'held');
      const [posted, second] = await Promise.all([
        ask(session, '/', Buffer.alloc(1_000_000)),
        ask(session, '/trailers'),
      ]);
      assert.equal(posted.body, `v2 1000000 over HTTP/2.0${suffix}`);
      assert.equal(second.status, 201);
      assert.equal(second.headers['x-version'], 'v2');
      assert.equal(second.trailers['x-sum'], 'v2');
      assert.equal(second.body, 'body');
      assert.equal((await app.retired(1)).exitCode, 0);
    });

    it('refuses nothing that is asked on a session in use', async (t) => {
      const app = await serve(t, http2Server('v1', tls), '--drain-timeout', '60000');
      const session = connect(t, app, tls);
      const goodbye = new Promise((resolve) => session.once('goaway', resolve));
      const forever = await begin(session, '/forever');
      await edit(app, http2Server('v2', tls));
      for (let count = 0; count < 3; count += 1)
        assert.equal((await ask(session, '/')).body, `v2 0 over HTTP/2.0${suffix}`);
      forever.stream.close();
      await goodbye;
      assert.equal((await app.retired(1)).lost, 0);
    });

    it('ends event streams', async (t) => {
      const app = await serve(t, http2Server('v1', tls));
      const events = await begin(connect(t, app, tls), '/events');
      await edit(app, http2Server('v2', tls));
      assert.match((await events.reply).body, /^data: v1\n\n/);
      const retired = await app.retired(1);
      assert.equal(retired.eventStreams, 1);
      assert.equal(retired.exitCode, 0);
    });

    it('counts a stream that the drain deadline cuts as lost', async (t) => {
      const app = await serve(t, http2Server('v1', tls), '--drain-timeout', '300');
      const slow = await begin(connect(t, app, tls), '/forever');
      await edit(app, http2Server('v2', tls));
      assert.equal((await slow.reply).body, 'v1 begins');
      assert.equal((await app.retired(1)).lost, 1);
    });
  });
}

it('a server of HTTP/2 and 1.1 answers kept-alive clients of 1.1 with new code', async (t) => {
  const app = await serve(t, http2Server('v1', true));
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  t.after(() => agent.destroy());
  const get = async (): Promise<string> =>
    (await request({ host: '127.0.0.1', port: app.port, protocol: 'https:', path: '/', agent })).body;
  assert.equal(await get(), 'v1 0 over HTTP/1.1s');
  await edit(app, http2Server('v2', true), 'held');
  assert.equal(await get(), 'v2 0 over HTTP/1.1s');
});
