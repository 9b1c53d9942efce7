/** What a step wrote is told from what was saved just before it ran. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { Outputs } from '../../src/supervisor/parts/outputs.ts';

it('takes for outputs what is new after a step, however young what it read is', async (t) => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-test-')));
  t.after(() => rmSync(root, { recursive: true }));
  const [source, beside, built] = ['make.js', 'made.json', 'dist/index.js'].map((name) =>
    path.join(root, name),
  ) as [string, string, string];
  const outputs = new Outputs();
  const run = async (...written: string[]): Promise<void> => {
    const before = await outputs.before(root);
    for (const file of written) writeFileSync(file, String(Math.random()));
    await outputs.learn(root, before);
  };
  const known = (): boolean[] => [source, beside, built].map((file) => outputs.has(file));

  writeFileSync(source, 'saved a moment ago');
  mkdirSync(path.dirname(built));
  await run(beside, built);
  assert.deepEqual(known(), [false, true, true]);
  await run();
  // Written in another tick of the file system's clock.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await run(beside);
  assert.deepEqual(known(), [false, true, true], 'left alone by a run, and written by the next');
});
