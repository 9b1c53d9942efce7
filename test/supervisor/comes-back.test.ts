/** A generation that dies while it serves comes back by itself, and nobody is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Load } from './load.ts';
import { Running } from './running.ts';
import { plain } from './servers.ts';

/** Dies of `/crash` by an exception. */
const fragile = (version: string): string =>
  plain(version).replace(
    "if (req.url === '/slow')",
    "if (req.url === '/crash') throw new TypeError('no database');\n  if (req.url === '/slow')",
  );

async function serve(t: TestContext, ...options: string[]): Promise<Running> {
  const app = await Running.start(t, {
    standby: true,
    files: { 'server.js': fragile('v1') },
    command: ['node', 'server.js'],
    options,
  });
  await app.serving(1);
  return app;
}

const standby = (app: Running, times: number): Promise<unknown> =>
  app.times('standby', times, (event) => event.state === 'warm');

describe('a generation that dies while it serves', () => {
  it('comes back by its standby each time it is killed, and nobody is refused', async (t) => {
    const app = await serve(t);
    const load = Load.start(t, app.port);
    for (let kills = 1; kills <= 5; kills += 1) {
      const victim = await app.serving(2 * kills - 1);
      if (kills > 1) await app.retired(2 * kills - 2); // else it would take over again
      await load.answeredSince();
      await standby(app, 2 * kills - 1);
      process.kill(victim.pid, 'SIGKILL');
      const crashed = await app.event('crashed', (event) => event.generation === victim.generation);
      assert.match(crashed.message, /ended by SIGKILL/);
      const back = await app.serving(2 * kills);
      assert.equal(back.standby, true);
      await load.answeredSince();
      await standby(app, 2 * kills);
      app.write('server.js', fragile(`v${kills + 1}`)); // other code may crash again at once
    }
    await app.serving(11);
    await load.answeredSince();
    const { refused } = await load.stop();
    assert.equal(refused, 0);
    assert.equal(load.latest, 'v6');
  });

  it('says what it died of until the next save', async (t) => {
    const app = await serve(t, '--no-standby');
    assert.equal((await app.get('/')).body, 'v1');
    await assert.rejects(app.get('/crash'));
    const crashed = await app.event('crashed');
    assert.deepEqual(
      [crashed.reason, crashed.message, crashed.comesBack],
      ['crashed', 'TypeError: no database', true],
    );
    assert.equal((await app.get('/')).body, 'v1'); // as soon as it is back
    const { cause } = await app.event('starting', ({ generation }) => generation === 2);
    assert.equal(cause.kind, 'crash');
    const said = await app.status();
    assert.deepEqual([said.state, said.failure?.message], ['serving', 'TypeError: no database']);
    app.write('server.js', fragile('v2'));
    await app.serving(3);
    assert.equal((await app.status()).failure, undefined);
  });

  it('says that it ran out of memory', async (t) => {
    const greedy = plain('v1').replace(
      "if (req.url === '/slow')",
      `if (req.url === '/eat') {
    console.error('Error: survived');
    const eaten = [];
    for (;;) eaten.push(new Array(1e5).fill(req.url + eaten.length));
  }
  if (req.url === '/slow')`,
    );
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': greedy },
      command: ['node', '--max-old-space-size=30', 'server.js'],
    });
    await app.serving(1);
    await app.get('/');
    await assert.rejects(app.get('/eat'));
    assert.equal((await app.event('crashed')).message, 'JavaScript heap out of memory');
    assert.equal((await app.get('/')).body, 'v1');
  });

  it('waits for a save when it dies again at once', async (t) => {
    const app = await serve(t);
    await app.get('/');
    await assert.rejects(app.get('/crash'));
    await app.serving(2);
    await app.get('/');
    await assert.rejects(app.get('/crash'));
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.generation, failed.serving], [2, undefined]);
    assert.match(failed.advice ?? '', /crashed twice/);
    const waiting = app.get('/');
    app.write('server.js', fragile('v2'));
    assert.equal((await waiting).body, 'v2');
  });

  it('leaves its clients to the one that boots already', async (t) => {
    const app = await serve(t, '--no-standby');
    await app.get('/');
    app.write('server.js', `while (!require('node:fs').existsSync('go'));\n${fragile('v2')}`);
    await app.event('starting', ({ generation }) => generation === 2);
    process.kill((await app.serving(1)).pid, 'SIGKILL');
    const crashed = await app.event('crashed');
    assert.equal(crashed.comesBack, false);
    app.write('go', '');
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('does so below npm', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: {
        'package.json': '{"name":"app","scripts":{"dev":"node server.js"}}',
        'server.js': fragile('v1'),
      },
      command: ['npm', 'run', 'dev'],
    });
    const { pid } = await app.serving(1);
    await app.get('/');
    await standby(app, 1);
    process.kill(pid, 'SIGKILL');
    assert.equal((await app.get('/')).body, 'v1');
    assert.equal((await app.serving(2)).standby, true);
  });
});
