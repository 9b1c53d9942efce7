import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Running } from './running.ts';
import { edit, exchange, keepAlive, serve, slowly } from './traffic-clients.ts';
import { events, streamer } from './traffic-servers.ts';

/** The response as soon as it begins. */
function open(t: TestContext, app: Running, path: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: app.port, path, agent: false }, resolve);
    request.on('error', reject);
    t.after(() => request.destroy());
  });
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece as string;
  return text;
}

describe('a response on its way', () => {
  it('is finished by the generation that began it', async (t) => {
    const app = await serve(t, streamer('v1'));
    const response = await open(t, app, '/stream');
    await edit(app, streamer('v2'));
    const text = await textOf(response);
    assert.equal(text, `${Array.from({ length: 15 }, (_, n) => `v1:${n}\n`).join('')}v1 done`);
    const retired = await app.retired(1);
    assert.equal(retired.finished, 1);
    assert.equal(retired.lost, 0);
  });

  it('is cut by the drain deadline, which says so', async (t) => {
    const app = await serve(t, streamer('v1'), '--drain-timeout', '600');
    const response = await open(t, app, '/forever');
    await edit(app, streamer('v2'));
    await assert.rejects(textOf(response), { code: 'ECONNRESET' });
    const retired = await app.retired(1);
    assert.equal(retired.lost, 1);
    assert.equal(retired.finished, 0);
    assert.ok(retired.drainMs >= 600, `drained for ${retired.drainMs} ms`);
  });

  it('that the new generation breaks off is not taken for a whole one', async (t) => {
    const kept = await keepAlive(t, streamer);
    await assert.rejects(exchange(kept, { path: '/crash' }), { code: 'ECONNRESET' });
  });
});

describe('a client that gives up', () => {
  it('while held is forgotten', async (t) => {
    const app = await serve(t, streamer('v1'));
    app.write('server.js', slowly(streamer('v2')));
    app.swap();
    await app.event('starting', (event) => event.generation === 2);
    const request = http.get({ host: '127.0.0.1', port: app.port, path: '/forever', agent: false });
    const failed = new Promise((resolve) => request.once('error', resolve));
    await app.event('holding', (event) => event.requests === 1);
    request.destroy();
    await failed;
    const ready = await app.event('ready', (event) => event.generation === 2);
    assert.equal(ready.held, 0);
    assert.equal((await app.retired(1)).lost, 0);
    assert.doesNotMatch(app.output, /began/);
  });

  it('after it was relayed is known to the new code', async (t) => {
    const { app, agent } = await keepAlive(t, streamer);
    const request = http.get({ host: '127.0.0.1', port: app.port, path: '/forever', agent });
    request.on('error', () => undefined);
    await app.printed(/v2 began/);
    request.destroy();
    await app.printed(/v2 closed false/);
    assert.equal((await app.retired(1)).exitCode, 0);
  });
});

describe('an event stream', () => {
  for (const path of ['/chunked', '/fixed']) {
    it(`${path} ends after the cutover, so that its client comes back to new code`, async (t) => {
      const app = await serve(t, events('v1'));
      const before = await open(t, app, path);
      const text = textOf(before);
      await edit(app, events('v2'));
      assert.match(await text, /^data: v1 0\n\n/);
      const again = await open(t, app, path);
      const piece = await new Promise<Buffer>((resolve) => again.once('data', resolve));
      assert.match(piece.toString(), /^data: v2 0/);
      const retired = await app.retired(1);
      assert.equal(retired.eventStreams, 1);
      assert.equal(retired.lost, 0);
      assert.match(app.output, /v1 exits with 0/);
    });
  }
});
