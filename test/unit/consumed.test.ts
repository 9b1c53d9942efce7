/** What was run ahead is compared with what is there. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { Consumed } from '../../src/supervisor/standby/consumed.ts';
import { MissingNames } from '../../src/supervisor/standby/missing-names.ts';

/** Later than any time at which a folder of these tests was changed (ms). */
const longMs = 60_000;

function folderFor(t: TestContext): (name: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-consumed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return (name) => path.join(folder, name);
}

it('a name that was missing is found once it is there, however long its folder was left alone', (t) => {
  const at = folderFor(t);
  mkdirSync(at('lib'));
  const names = ['lib/one', 'lib/two', 'none/three', 'none/deep/four'].map(at);
  for (const now of [Date.now(), Date.now() + longMs]) {
    const missing = new MissingNames();
    missing.begin(names, now);
    for (const name of names) missing.add(name);
    assert.deepEqual(missing.found(), []);
    writeFileSync(at('lib/two'), '');
    mkdirSync(at('none/deep'), { recursive: true });
    writeFileSync(at('none/deep/four'), '');
    assert.deepEqual(missing.found(), [at('lib/two'), at('none/deep/four')]);
    rmSync(at('lib/two'));
    rmSync(at('none'), { recursive: true });
  }
});

it('a link that leads nowhere is not judged by its folder', (t) => {
  const at = folderFor(t);
  mkdirSync(at('lib'));
  symlinkSync(at('target'), at('lib/link'));
  const missing = new MissingNames();
  missing.begin([at('lib/link')], Date.now() + longMs);
  missing.add(at('lib/link'));
  assert.equal(missing.has(at('lib/link')), false);
});

it('of many modules the most are looked at later, all others at once', async (t) => {
  const at = folderFor(t);
  const files = Array.from({ length: 500 }, (_, i) => at(`${String(i)}.js`));
  for (const file of [...files, at('text.txt')]) writeFileSync(file, '1');
  const consumed = await Consumed.of([], [...files, at('text.txt')]);
  const missing = [at('missing.js')];
  const ran = { read: [...files, at('text.txt')], listed: [], asked: missing, before: '' };
  assert.equal(consumed.used(ran, Date.now()), undefined);
  const hot = [at('hot.js')];
  const none = new Set<string>();
  const untouched = consumed.changes(hot, none);
  assert.deepEqual([untouched?.changed, await untouched?.later?.()], [[], []]);

  writeFileSync(at('450.js'), '22');
  const difference = consumed.changes(hot, none);
  assert.deepEqual([difference?.changed, await difference?.later?.()], [[], [at('450.js')]]);
  assert.equal(consumed.changes([], none), undefined, 'nobody knows what was saved');
  const allowed = consumed.changes([at('450.js')], new Set([at('450.js')]));
  assert.deepEqual([allowed?.changed, await allowed?.later?.()], [[at('450.js')], []]);

  writeFileSync(at('text.txt'), '22');
  assert.equal(consumed.changes(hot, none), undefined);
  writeFileSync(at('missing.js'), '');
  assert.equal(consumed.changes(hot, new Set([at('text.txt')])), undefined);
});
