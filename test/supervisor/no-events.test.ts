/** Where the system tells of no change, it is noticed, looked after, and said what that costs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Running } from './running.ts';
import { plain } from './servers.ts';

const files = {
  'server.js': `const { answer } = require('./lib/answer.js');\n${plain('v1').replaceAll("'v1'", 'answer')}`,
  'lib/answer.js': "exports.answer = 'v1';\n",
};
const answer = (version: string): string => `exports.answer = '${version}';\n`;

/** A system whose `fs.watch` is this. */
async function start(t: TestContext, watch: string): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const preload = path.join(folder, 'deaf.cjs');
  writeFileSync(preload, `require('node:fs').watch = ${watch};`);
  const app = await Running.start(t, {
    files,
    command: ['node', 'server.js'],
    alone: true, // it is the supervisor that hears nothing
    env: { NODE_OPTIONS: `--require ${preload}` },
  });
  await app.serving(1);
  return app;
}

async function swapsEachTime(app: Running, edit = (text: string) => app.write('lib/answer.js', text)) {
  let last = 1;
  for (const version of ['v2', 'v3']) {
    edit(answer(version));
    // A look at a file that is half written may make one more.
    last = (await app.event('serving', ({ generation }) => generation > last)).generation;
    assert.equal((await app.get('/')).body, version);
  }
  const { message } = await app.event('notice');
  assert.match(
    message,
    /: what is loaded is looked at, \d+ files? every \d+\.\d s, for [\d.]+ % of a processor$/,
  );
  assert.equal(app.events.filter(({ event }) => event === 'notice').length, 1);
  return message;
}

describe('changes of which nobody tells', () => {
  it('are found', async (t) => {
    const app = await start(
      t,
      "() => Object.assign(new (require('node:events').EventEmitter)(), { close() {} })",
    );
    assert.match(await swapsEachTime(app), /^nothing tells of changes in .*lib: /);
  });

  it('are found where there are no watches left', async (t) => {
    const app = await start(
      t,
      "() => { throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' }); }",
    );
    assert.match(await swapsEachTime(app), /^changes can't be watched \(ENOSPC: System limit/);
  });

  it('are found on a file system that is written to from elsewhere', async (t) => {
    const base = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    t.after(() => rmSync(base, { recursive: true }));
    const at = (name: string): string => path.join(base, name);
    for (const name of ['elsewhere', 'upper', 'work']) mkdirSync(at(name));
    writeFileSync(at('elsewhere/answer.js'), answer('v1'));
    const mount = (place: string): boolean => {
      const options = `lowerdir=${at('elsewhere')},upperdir=${at('upper')},workdir=${at('work')}`;
      try {
        execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, place], { stdio: 'ignore' });
        t.after(() => execFileSync('umount', ['--lazy', place]));
        return true;
      } catch {
        return false;
      }
    };
    const mounted: string[] = [];
    const app = await Running.start(t, {
      files,
      command: ['node', 'server.js'],
      prepare: (folder) => {
        const lib = path.join(folder, 'lib');
        if (mount(lib)) mounted.push(lib);
      },
    });
    if (mounted.length === 0) {
      t.skip('nothing may be mounted here');
      return;
    }
    await app.serving(1);
    await swapsEachTime(app, (text) => writeFileSync(at('elsewhere/answer.js'), text));
  });
});
