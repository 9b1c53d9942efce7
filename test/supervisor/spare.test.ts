/** A process that is up and has loaded nothing, for the save that comes before the next standby is warm. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { childrenOf, isAlive, parentOf } from './processes.ts';
import type { Running } from './running.ts';
import { spareIsGone, spareIsUp, start, swap, swapWarm, warm } from './standby-apps.ts';
import { untilTrue } from './until.ts';

const source = (version: string): string => `
const tool = require('tool');
const seen = { version: '${version}', tool: tool.value, argv: process.argv.slice(2), execArgv: process.execArgv,
  listeners: process.eventNames().map(String), globals: Object.getOwnPropertyNames(globalThis).sort(),
  setting: process.env.SETTING, main: require.main === module };
require('node:http').createServer((request, response) => response.end(JSON.stringify(seen))).listen(process.env.PORT);`;

/** It takes so long to load that a standby is never warm in time. */
const slow = { 'index.js': 'const until = Date.now() + 500; while (Date.now() < until); exports.value = 1;' };

/** With a supervisor of its own, whose processes can be counted. */
async function startWithSpare(t: TestContext): Promise<Running> {
  const app = await start(t, { alone: true, files: { 'server.js': source('v1') }, packages: { tool: slow } });
  await warm(app);
  await spareIsUp(app);
  return app;
}

/** Swaps and tells what the generation was before it was one. */
async function origin(app: Running, version: string): Promise<string> {
  app.write('server.js', source(version));
  const { generation } = await swap(app);
  return (await app.event('starting', (event) => event.generation === generation)).origin;
}

describe('a save that comes before the standby is warm', () => {
  it('runs in a process that is up already, and looks as one started cold', async (t) => {
    const app = await startWithSpare(t);
    const cold = JSON.parse((await app.get('/')).body) as Record<string, unknown>;
    await swapWarm(app);
    assert.equal(await origin(app, 'v2'), 'spare');
    assert.deepEqual(JSON.parse((await app.get('/')).body), { ...cold, version: 'v2' });
    assert.equal(await origin(app, 'v3'), 'cold');
  });

  it('is a cold one when the configuration has changed', async (t) => {
    const app = await startWithSpare(t);
    await swapWarm(app);
    app.write('.env', 'SETTING=2');
    assert.equal(await origin(app, 'v2'), 'cold');
  });
});

describe('a spare process', () => {
  it('is made again, once the next standby is warm', async (t) => {
    const app = await startWithSpare(t);
    await swapWarm(app);
    const before = app.events.length;
    assert.equal(await origin(app, 'v2'), 'spare');
    await warm(app, before);
    await spareIsUp(app);
    await swapWarm(app);
    assert.equal(await origin(app, 'v3'), 'spare');
  });

  it('is told in the status, with what it costs', async (t) => {
    const spare = await spareIsUp(await startWithSpare(t));
    assert.ok(spare > 10e6 && spare < 100e6, `${spare} bytes`);
  });

  it('does not keep the port of a listener that the app closed, nor does the standby', async (t) => {
    // It lives on: one with nothing left to do would end, and all its listeners with it.
    const closing =
      `${source('v1')}\nprocess.on('SIGWINCH', () => server.close() && setInterval(() => {}, 1000));`.replace(
        "require('node:http')",
        "const server = require('node:http')",
      );
    const app = await start(t, { files: { 'server.js': closing }, packages: { tool: slow } });
    await warm(app);
    await spareIsUp(app);
    const { pid } = await app.event('serving');
    process.kill(pid, 'SIGWINCH');
    await app.event('listenerClosed');
    await assert.rejects(app.get('/'), /ECONNREFUSED/);
  });

  it('is gone when the server is stopped', async (t) => {
    const app = await startWithSpare(t);
    const supervisor = parentOf((await warm(app)).pid);
    const children = childrenOf(supervisor);
    assert.equal(children.length, 3, 'the server, its standby, and a spare');
    await app.stop();
    await untilTrue(() => !children.some(isAlive));
  });

  it('does not come back when somebody ends it, until the next standby is warm', async (t) => {
    const app = await startWithSpare(t);
    const { pid } = await warm(app);
    const serving = await app.event('serving');
    const [spare] = childrenOf(parentOf(pid)).filter((child) => child !== pid && child !== serving.pid);
    process.kill(spare!, 'SIGKILL');
    await spareIsGone(app);
    await swapWarm(app);
    assert.equal(await origin(app, 'v2'), 'cold');
  });
});
