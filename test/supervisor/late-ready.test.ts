/** Servers that listen first and are ready later: their successors are let in when they are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Load } from './load.ts';
import { Running } from './running.ts';

/** Answers 500 for a while after it listens, or is first asked, as servers do that connect to a database then. */
const late = (version: string, ms = 300, since: 'listens' | 'asked' = 'listens'): string => `
const http = require('node:http');
let ready = false;
let began = false;
const begin = () => {
  if (!began) setTimeout(() => { ready = true; console.log('${version} is ready'); }, ${ms});
  began = true;
};
http
  .createServer((request, response) => {
    console.log('${version} asked for', request.url);
    begin();
    response.statusCode = ready ? 200 : 500;
    response.end(ready ? '${version}' : 'not ready');
  })
  .listen(process.env.PORT, ${since === 'listens' ? 'begin' : ''});
`;
const prompt = (version: string, status = 200): string => `
require('node:http')
  .createServer((request, response) => {
    console.log('${version} asked for', request.url);
    response.statusCode = ${status};
    response.end('${version}');
  })
  .listen(process.env.PORT);
`;
/** Is ready when it has asked itself, for what takes so long, or until somebody else asks: sooner, it would not be late. */
const asksItself = (version: string, ms?: number): string => `
let ready = false;
let begin;
const begun = new Promise((resolve) => (begin = resolve));
require('node:http')
  .createServer((request, response) => {
    if (request.url === '/warm') {
      const { localPort } = request.socket;
      ${ms === undefined ? 'begun.then' : 'setTimeout'}(() => response.end('${version} at ' + localPort), ${ms});
      return;
    }
    begin();
    response.statusCode = ready ? 200 : 503;
    response.end('${version}');
  })
  .listen(process.env.PORT, () => {
    require('node:http').get('http://localhost:' + process.env.PORT + '/warm', async (answer) => {
      const { remotePort } = answer.socket;
      ready = true;
      for await (const text of answer) console.log('${version} has asked', String(text), 'as', remotePort);
    });
  });
`;

async function serve(t: TestContext, source: string, ...options: string[]): Promise<Running> {
  const app = await Running.start(t, {
    standby: true,
    files: { 'server.js': source },
    command: ['node', 'server.js'],
    options,
  });
  await app.serving(1);
  return app;
}

const isLate = (app: Running): Promise<unknown> =>
  app.event('notice', ({ message }) => message.includes('after it listens'));

describe('a server that is ready later than it listens', () => {
  it('gets its answers from itself if it asks itself, be nobody let in yet', async (t) => {
    const app = await serve(t, asksItself('v1', 1000), '--no-standby');
    await app.printed(/v1 has asked v1/);
    const load = Load.start(t, app.port);
    await load.answeredSince();
    for (const version of ['v2', 'v3']) {
      app.write('server.js', asksItself(version));
      const port = String(app.port);
      await app.printed(new RegExp(`${version} has asked ${version} at ${port} as ${port}`));
      await app.serving(Number(version[1]));
      await load.answeredSince();
    }
    const { bad, refused, cut } = await load.stop();
    assert.deepEqual({ bad, refused, cut }, { bad: 0, refused: 0, cut: 0 });
  });

  for (const [what, asked, ...options] of [
    ['asked early', 'early'],
    ['asked early, serving older code meanwhile', 'early', '--during-boot', 'serveOld'],
    ['asked late', 'late'],
    [
      'asked late, without a standby, serving older code',
      'late',
      '--no-standby',
      '--during-boot',
      'serveOld',
    ],
  ] as [string, string, ...string[]][]) {
    it(`answers no 500 where older code answered well: ${what}`, async (t) => {
      const app = await serve(t, late('v1', 300, asked === 'early' ? 'asked' : 'listens'), ...options);
      if (asked === 'early') assert.equal((await app.get('/')).status, 500);
      await app.printed(/v1 is ready/);
      const load = Load.start(t, app.port);
      await load.answeredSince();
      for (let version = 2; version <= 4; version += 1) {
        if (!options.includes('--no-standby'))
          await app.times('standby', version - 1, ({ state }) => state === 'warm');
        app.write('server.js', late(`v${version}`));
        await app.serving(version);
        await load.answeredSince();
      }
      const { bad, refused, cut } = await load.stop();
      assert.deepEqual(
        { bad, refused, cut, latest: load.latest },
        { bad: 0, refused: 0, cut: 0, latest: 'v4' },
      );
      await isLate(app);
      assert.equal(app.events.filter(({ event }) => event === 'notice').length, 1, 'it is said once');
    });
  }

  it('comes back from a crash when it is ready', async (t) => {
    const app = await serve(t, late('v1'));
    await app.get('/');
    await app.printed(/v1 is ready/);
    assert.equal((await app.get('/')).status, 200);
    await isLate(app);
    process.kill((await app.serving(1)).pid, 'SIGKILL');
    assert.equal((await app.get('/')).status, 200);
    assert.equal((await app.event('starting', ({ generation }) => generation === 2)).cause.kind, 'crash');
  });

  it('is let in after twice the time when it answers 500 all along', async (t) => {
    const app = await serve(t, late('v1'));
    await app.get('/');
    await app.printed(/v1 is ready/);
    assert.equal((await app.get('/')).status, 200);
    await isLate(app);
    assert.ok(((await app.status()).lateMs ?? 0) > 0);
    app.write('server.js', prompt('v2', 500));
    await app.event('notice', ({ message }) => /gen 2 still answers 500 to GET \/ after/.test(message));
    assert.equal((await app.get('/')).body, 'v2');
  });
});

describe('a server that was never late', () => {
  it('is not asked, and an edit that answers 500 is shown at once', async (t) => {
    const app = await serve(t, prompt('v1'));
    assert.equal((await app.get('/first')).body, 'v1');
    app.write('server.js', prompt('v2', 500));
    await app.serving(2);
    assert.equal((await app.get('/second')).status, 500);
    await app.printed(/v2 asked for/);
    assert.doesNotMatch(app.output, /v2 asked for \/first/);
    app.write('server.js', prompt('v3'));
    await app.serving(3);
    assert.equal((await app.get('/third')).body, 'v3');
    await app.printed(/v3 asked for/);
    assert.doesNotMatch(app.output, /v3 asked for \/(first|second)/);
  });
});
