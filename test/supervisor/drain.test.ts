/** What is said of a generation's end is what became of its requests. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { keptConnection } from './running.ts';
import { edit, moments, serve } from './traffic-clients.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

/** Answers `/wait` once there is a file `go` beside it. */
const waiting = (version: string): string =>
  plain(version).replace(
    "if (req.url === '/slow')",
    `if (req.url === '/wait') {
    console.log('asked to wait');
    const look = setInterval(() => {
      if (!require('node:fs').existsSync('go')) return;
      clearInterval(look);
      res.end('${version} at last');
    }, 10);
    return;
  }
  if (req.url === '/slow')`,
  );

/** Does nothing else for `/busy` until there is a file `go` beside it. */
const busy = (version: string): string => `
require('node:http').createServer((request, response) => {
  if (request.url === '/busy') {
    require('node:fs').writeFileSync('is-busy', '');
    while (!require('node:fs').existsSync('go'));
  }
  response.end('${version}');
}).listen(process.env.PORT);
`;

describe('a generation that is too busy to be told that it is replaced', () => {
  for (const mode of ['hold', 'serveOld']) {
    it(
      `answers what it is at, and nothing after newer code has answered: ${mode}`,
      mode === 'hold' ? onlyInAll : {},
      async (t) => {
        const app = await serve(t, busy('v1'), '--during-boot', mode);
        const [agent, before] = [keptConnection(t), keptConnection(t)];
        await app.get('/', { agent });
        await app.get('/', { agent: before });
        const own = app.get('/busy');
        await untilTrue(() => existsSync(path.join(app.folder, 'is-busy')));
        const unread = app.get('/', { agent: before });
        app.write('server.js', busy('v2'));
        app.swap();
        await app.event('notice', ({ message }) => message.startsWith('gen 1 is busy'));
        assert.equal((await app.get('/')).body, 'v2');
        const kept = app.get('/', { agent });
        app.write('go', '');
        assert.equal((await own).body, 'v1');
        assert.equal((await kept).body, 'v2');
        assert.match((await unread).body, /^v[12]$/);
        const { lost, signal } = await app.retired(1);
        assert.deepEqual({ lost, signal }, { lost: 0, signal: null });
      },
    );
  }
});

describe('a generation that was replaced', () => {
  it('has lost no request that finished, however short its drain timeout', async (t) => {
    const app = await serve(t, waiting('v1'), '--drain-timeout', '1');
    const answer = app.get('/wait');
    await app.printed(/asked to wait/);
    await edit(app, waiting('v2'));
    await app.event('draining', ({ generation }) => generation === 1);
    app.write('go', '');
    assert.equal((await answer).body, 'v1 at last');
    const { finished, lost } = await app.retired(1);
    assert.deepEqual({ finished, lost }, { finished: 1, lost: 0 });
  });

  it('has lost the request that did not finish within its drain timeout', async (t) => {
    const app = await serve(t, waiting('v1'), '--drain-timeout', '1');
    const answer = app.get('/wait');
    await app.printed(/asked to wait/);
    await edit(app, waiting('v2'));
    await assert.rejects(answer);
    const { finished, lost } = await app.retired(1);
    assert.deepEqual({ finished, lost }, { finished: 0, lost: 1 });
  });

  for (const moment of moments) {
    it(`has not finished the requests that it passed on, ${moment}`, async (t) => {
      const app = await serve(t, waiting('v1'));
      const agent = new http.Agent({ keepAlive: true });
      t.after(() => agent.destroy());
      const ask = () => Promise.all(['/', '/', '/'].map((at) => app.get(at, { agent })));
      await ask();
      const own = app.get('/wait');
      await app.printed(/asked to wait/);
      await edit(app, plain('v2'), moment);
      const others = await ask();
      assert.deepEqual(new Set(others.map(({ body }) => body)), new Set(['v2']));
      app.write('go', '');
      assert.equal((await own).body, 'v1 at last');
      const { requests } = await app.event('draining', ({ generation }) => generation === 1);
      const { finished, lost } = await app.retired(1);
      assert.deepEqual({ requests, finished, lost }, { requests: 1, finished: 1, lost: 0 });
    });
  }

  for (const moment of moments) {
    it(`stays past its drain timeout for what it passed on, ${moment}`, async (t) => {
      const app = await serve(t, waiting('v1'), '--drain-timeout', '1');
      const agent = keptConnection(t);
      await app.get('/', { agent });
      const own = app.get('/wait');
      own.catch(() => undefined);
      await app.printed(/asked to wait/);
      await edit(app, waiting('v2'), moment);
      const passedOn = app.get('/wait', { agent });
      await app.printed(/asked to wait[^]*asked to wait/);
      await assert.rejects(own); // its time is over
      app.write('go', '');
      assert.equal((await passedOn).body, 'v2 at last');
      const { finished, lost } = await app.retired(1);
      assert.deepEqual({ finished, lost }, { finished: 0, lost: 1 });
    });
  }

  it('answers the request that came to it late from the one before', async (t) => {
    const app = await serve(t, waiting('v1'));
    const first = await app.serving(1);
    const agent = keptConnection(t);
    await app.get('/', { agent });
    await edit(app, waiting('v2'));
    // Gen 1 hears of the request, and of gen 3, only when gen 2 has nothing left to do.
    process.kill(first.pid, 'SIGSTOP');
    const answer = app.get('/wait', { agent });
    app.write('server.js', waiting('v3'));
    assert.equal((await app.swapNow()).outcome, 'swapped');
    process.kill(first.pid, 'SIGCONT');
    await app.printed(/asked to wait/);
    // The next swap ends gen 2's stay for the probation of gen 3.
    app.write('server.js', waiting('v4'));
    assert.equal((await app.swapNow()).outcome, 'swapped');
    app.write('go', '');
    assert.equal((await answer).body, 'v3 at last');
    for (const generation of [1, 2, 3]) assert.equal((await app.retired(generation)).lost, 0);
  });
});
