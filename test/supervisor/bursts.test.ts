/** Much at once is a few swaps, and what serves in the end is what is on the disk then. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Load } from './load.ts';
import { root, Running } from './running.ts';
import { untilTrue } from './until.ts';

const run = promisify(execFile);
const parts = Array.from({ length: 100 }, (_, n) => `lib/part-${String(n)}.js`);

/** Answers what its hundred modules export, in a row. */
const main = `
const parts = ${JSON.stringify(parts)}.map((part) => require('./' + part));
require('node:http').createServer((request, response) => response.end(parts.join())).listen(process.env.PORT);`;
const version = (one: string): Record<string, string> =>
  Object.fromEntries(parts.map((part) => [part, `module.exports = '${one}';\n`]));
const answerOf = (one: string): string => parts.map(() => one).join();

async function start(t: TestContext, prepare?: (folder: string) => void): Promise<Running> {
  const app = await Running.start(t, {
    standby: true,
    files: { ...version('v1'), 'server.js': main },
    command: ['node', 'server.js'],
    ...(prepare === undefined ? {} : { prepare }),
  });
  await app.serving(1);
  return app;
}

const starts = (app: Running): number => app.events.filter(({ event }) => event === 'starting').length;

/** Nothing was lost, and the last answer comes from what was there last. */
async function settles(app: Running, load: Load, on: string): Promise<void> {
  await untilTrue(() => load.latest === on);
  const { bad, refused, cut } = await load.stop();
  assert.deepEqual({ bad, refused, cut }, { bad: 0, refused: 0, cut: 0 });
  assert.equal((await app.get('/')).body, on);
  // News of a swap comes a moment after its first answer.
  const started = app.events.filter(({ event }) => event === 'starting').length;
  await app.event('serving', ({ generation }) => generation >= Math.max(2, started));
}

describe('a burst', () => {
  it('of a hundred files in ten seconds is far fewer swaps, and the last state serves', async (t) => {
    const app = await start(t);
    const load = Load.start(t, app.port);
    let written = 0;
    const writer = setInterval(() => {
      const part = parts[written];
      written += 1;
      if (part === undefined) clearInterval(writer);
      else app.write(part, "module.exports = 'v2';\n");
    }, 100);
    t.after(() => clearInterval(writer));
    await settles(app, load, answerOf('v2'));
    t.diagnostic(`${String(starts(app) - 1)} swaps`);
    assert.ok(starts(app) - 1 < parts.length / 4, `${String(starts(app) - 1)} swaps`);
  });

  it('of git, there and back, is a few swaps at most, and where it came back to serves', async (t) => {
    const app = await start(t, (folder) => {
      const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
      git('init', '--quiet', '--initial-branch=one');
      git('config', 'user.email', 'somebody@example.com');
      git('config', 'user.name', 'somebody');
      git('add', 'lib', 'server.js', 'package.json');
      git('commit', '--quiet', '--message=one');
    });
    const git = (...args: string[]): Promise<unknown> => run('git', args, { cwd: app.folder });
    const load = Load.start(t, app.port);
    await git('checkout', '--quiet', '-b', 'two');
    for (const [part, text] of Object.entries(version('v2'))) app.write(part, text);
    await untilTrue(() => load.latest === answerOf('v2'));
    await git('commit', '--quiet', '--all', '--message=two');
    const before = starts(app);
    await git('checkout', '--quiet', 'one');
    await git('checkout', '--quiet', 'two');
    await git('checkout', '--quiet', 'one');
    await settles(app, load, answerOf('v1'));
    t.diagnostic(`${String(starts(app) - before)} swaps`);
    // A checkout of a busy machine may take so long that it is two; each of its files is none.
    assert.ok(starts(app) - before < parts.length / 10, `${String(starts(app) - before)} swaps`);
  });

  it('of a save and the formatter that comes after it is two swaps at most', async (t) => {
    const app = await start(t);
    const load = Load.start(t, app.port);
    const part = parts[0] ?? '';
    app.write(part, 'module . exports   =   "v2" ;');
    const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
    await run(process.execPath, [prettier, '--write', part], { cwd: app.folder });
    assert.equal(readFileSync(path.join(app.folder, part), 'utf8'), 'module.exports = "v2";\n');
    await settles(app, load, answerOf('v1').replace('v1', 'v2'));
    // Were there a third one, it would be before this one.
    app.write(parts[1] ?? '', "module.exports = 'v3';\n");
    await app.event('starting', ({ cause }) => cause.files.some((file) => file.endsWith('part-1.js')));
    assert.ok(starts(app) - 1 <= 3, `${String(starts(app) - 1)} swaps`);
  });

  it('of a linked package that is built anew is one swap, when it is whole', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: {
        'packages/words/package.json': '{"name":"words","main":"dist/index.js"}',
        'packages/words/tsconfig.json':
          '{"compilerOptions":{"outDir":"dist","rootDir":"src","module":"commonjs","types":[],"ignoreDeprecations":"6.0"}}',
        'packages/words/src/index.ts': "import { one } from './one';\nexport const words = [one];\n",
        'packages/words/src/one.ts': "export const one: string = 'v1';\n",
        'packages/words/dist/index.js': "exports.words = [require('./one').one];\n",
        'packages/words/dist/one.js': "exports.one = 'v1';\n",
        'api/server.js': `
const { words } = require('words');
require('node:http').createServer((request, response) => response.end(words.join())).listen(process.env.PORT);`,
      },
      command: ['node', 'server.js'],
      options: ['--cwd', 'api'],
      // As npm does it for the packages of a workspace.
      prepare: (folder) => {
        mkdirSync(path.join(folder, 'api/node_modules'));
        symlinkSync('../../packages/words', path.join(folder, 'api/node_modules/words'));
      },
    });
    await app.serving(1);
    const load = Load.start(t, app.port);
    app.write('packages/words/src/one.ts', "export const one: string = 'v2';\n");
    rmSync(path.join(app.folder, 'packages/words/dist'), { recursive: true });
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', 'packages/words'], { cwd: app.folder });
    await settles(app, load, 'v2');
    const seen = app.events.flatMap(({ event }) =>
      event === 'starting' || event === 'rolledBack' ? [event] : [],
    );
    assert.deepEqual(seen, ['starting', 'starting']);
  });
});
