/** A workspace of fifty thousand files costs what the server loads of it. */
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { isJudged, judge } from '../tools/limits.ts';
import { busyMs, megabytes, residentMemory, watches } from './processes.ts';
import { plain } from './servers.ts';
import { bodyAt, Supervised } from './supervised.ts';

/** Per folder, a thousand. */
const folders = ['node_modules/pkg', 'dist/assets', 'data/images', 'src/routes', 'lib'];
const each = 10;
const perFolder = 1000;
/**
 * Of the loaded files: the server's own folder and `lib`. Of what it does to files: its journal's folder, and one where
 * something may appear that it has looked for.
 */
const loadedFolders = 4;

const source = `const { answer } = require('./lib/answer.js');\n${plain('v1').replaceAll("'v1'", 'answer')}`;
const idleMs = 3000;
/** What the end of the old generation leaves to do takes about one. A look at 50,000 files would take more than a hundred. */
const lastMs = 10;

it(
  'watching 50,000 files costs no more than what is loaded, and nothing while nothing happens',
  onlyInAll,
  async (t) => {
    const all = await Supervised.start(t);
    const { folder, pid } = all;
    const made = fill(path.join(folder, 'api'));
    assert.equal(made, 50_000);
    all.write('api/lib/answer.js', "exports.answer = 'v1';\n");
    const before = { memory: residentMemory(pid), watches: watches(pid), at: performance.now() };
    const port = await all.serve('api', source);
    const startMs = performance.now() - before.at;
    all.write('api/lib/answer.js', "exports.answer = 'v2';\n");
    await all.retired('api', 1);
    assert.equal(await bodyAt(port), 'v2');
    const grown = { memory: residentMemory(pid) - before.memory, watches: watches(pid) - before.watches };
    t.diagnostic(
      `started in ${Math.round(startMs)} ms; ${grown.watches} watches and ${megabytes(grown.memory)} for it`,
    );
    assert.ok(grown.watches <= loadedFolders, `${grown.watches} watches`);

    if (!isJudged) return;
    const busy = busyMs(pid);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idle = busyMs(pid) - busy;
    t.diagnostic(`${idle.toFixed(1)} ms of the processor in ${idleMs} ms of idleness`);
    judge('ms of the processor while idle', idle, lastMs);
  },
);

/** Returns how many files it made. */
function fill(folder: string): number {
  let made = 0;
  const origin = path.join(folder, 'origin'); // names of one file: some file systems take long to make so many
  mkdirSync(folder);
  writeFileSync(origin, '');
  for (const name of folders) {
    for (let n = 0; n < each; n += 1) {
      // Those of `lib` lie beside a loaded file, one level deep.
      const at = name === 'lib' ? path.join(folder, name) : path.join(folder, name, String(n));
      mkdirSync(at, { recursive: true });
      for (let file = 0; file < perFolder; file += 1) {
        linkSync(origin, path.join(at, `file-${n}-${file}.js`));
        made += 1;
      }
    }
  }
  return made;
}
