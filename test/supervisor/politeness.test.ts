/** Nobody waits for who stands by, nor for who leaves: the processors are the others'. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { spareIsUp, start, swap, swapWarm } from './standby-apps.ts';

/** The priority of its session, empty where the system has none; see preload/politeness.ts. */
const session = "require('node:fs').readFileSync('/proc/self/autogroup', 'utf8').trim().replace(/.* /, '')";
const isShared = existsSync('/proc/self/autogroup') && readFileSync('/proc/self/autogroup', 'utf8') !== '';

const server = `
const loading = require('tool').value;
require('node:http').createServer((request, response) => response.end(JSON.stringify([loading, ${session}])))
  .listen(process.env.PORT);
process.on('SIGTERM', () => {
  console.log('leaves at ' + ${session});
  process.exit();
});`;

describe('the session of a generation', { skip: !isShared }, () => {
  it('is polite while it gets ready to stand by and when it leaves its successor alone', async (t) => {
    // On a busy machine a standby loses its patience before it loads anything.
    const priority = `performance.now() < 2000 ? ${session} : 'late'`;
    const tool = { 'index.js': `exports.value = ${priority};` };
    const app = await start(t, { files: { 'server.js': server }, packages: { tool } });
    assert.match((await app.get('/')).body, /^\["(0|late)","0"\]$/);
    assert.equal((await swapWarm(app)).standby, true);
    const [loading, now] = JSON.parse((await app.get('/')).body) as string[];
    assert.match(loading ?? '', /^(10|late)$/);
    assert.equal(now, '0');
    await app.retired(1);
    assert.match(app.output, /leaves at 10/);
    await app.stop();
    assert.match(app.output, /leaves at 0/);
  });

  it('comes second while it boots beside one that answers, and first when it serves', async (t) => {
    // So that no standby is warm in time for the second save.
    const slow = {
      'index.js': `const until = Date.now() + 500; while (Date.now() < until); exports.value = '';`,
    };
    const boots = `console.log('boots at ' + ${session});`;
    const app = await start(t, {
      files: { 'server.js': boots + server },
      packages: { tool: slow },
      options: ['--during-boot', 'serveOld'],
    });
    const now = async (): Promise<unknown> => (JSON.parse((await app.get('/')).body) as unknown[])[1];
    await spareIsUp(app);
    await swapWarm(app);
    assert.equal(await now(), '0');
    await swap(app);
    assert.equal(await now(), '0');
    assert.deepEqual(
      app.events.flatMap((event) => (event.event === 'starting' ? [event.origin] : [])),
      ['cold', 'standby', 'spare'],
    );
    await app.stop();
    assert.deepEqual(app.output.match(/boots at \d+/g), ['boots at 0', 'boots at 5', 'boots at 5']);
  });
});
