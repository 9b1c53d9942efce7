import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { DiskWatcher } from '../../src/supervisor/disk/disk-watcher.ts';
import { FakeClock } from './editor-fakes.ts';

/** Watches the folder of `a`; `seen` resolves when the system has told of a file. */
function start(t: TestContext) {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hs-')));
  const at = (name: string): string => path.join(folder, name);
  const clock = new FakeClock();
  const told: string[][] = [];
  let asked = (_file: string): void => undefined;
  const watcher: DiskWatcher = new DiskWatcher(
    clock,
    [],
    (file) => {
      asked(path.basename(file));
      return !file.endsWith('~') && !file.endsWith('.git');
    },
    () => undefined,
    (files) => {
      told.push(files.map((file) => path.basename(file)));
      watcher.swapped();
    },
    (message) => assert.fail(message),
  );
  const alive = setInterval(() => undefined, 1000); // a watch alone keeps no process
  t.after(async () => {
    clearInterval(alive);
    await watcher.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(at('a'), '1');
  watcher.update([at('a')]);
  const seen = (name: string): Promise<void> =>
    new Promise((resolve) => {
      asked = (file) => {
        if (file === name) resolve();
      };
    });
  return { at, clock, told, seen };
}

test('a burst of changes is told once', async (t) => {
  const { at, clock, told, seen } = start(t);
  writeFileSync(at('a'), '2');
  writeFileSync(at('b'), '2');
  await seen('b');
  clock.pass(19);
  assert.deepEqual(told, []);
  clock.pass(1);
  assert.deepEqual(told, [['a', 'b']]);
});

test('a file that is empty is about to be written, whatever else changes meanwhile', async (t) => {
  const { at, clock, told, seen } = start(t);
  writeFileSync(at('a'), '');
  await seen('a');
  clock.pass(10);
  writeFileSync(at('b'), '2');
  await seen('b');
  clock.pass(100);
  assert.deepEqual(told, []);
  writeFileSync(at('a'), '2');
  await seen('a');
  clock.pass(20);
  assert.deepEqual(told, [['a', 'b']]);
});

test('a file that stays empty has changed, too', async (t) => {
  const { at, clock, told, seen } = start(t);
  writeFileSync(at('a'), '');
  await seen('a');
  clock.pass(300);
  assert.deepEqual(told, [['a']]);
});

test('a file that an editor moves away and writes anew has changed once', async (t) => {
  const { at, clock, told, seen } = start(t);
  renameSync(at('a'), at('a~'));
  await seen('a~');
  clock.pass(50);
  writeFileSync(at('a'), '2');
  await seen('a');
  clock.pass(500);
  assert.deepEqual(told, [['a']]);
});

test('a file that stays away has changed, too', async (t) => {
  const { at, clock, told, seen } = start(t);
  writeFileSync(at('b~'), '');
  await seen('b~');
  rmSync(at('a'));
  await seen('a');
  clock.pass(109);
  assert.deepEqual(told, []);
  clock.pass(1);
  assert.deepEqual(told, [['a']]);
});

test('files that all went are told when all are back', async (t) => {
  const { at, clock, told, seen } = start(t);
  rmSync(at('a'));
  await seen('a');
  clock.pass(5000);
  writeFileSync(at('b'), '2');
  await seen('b');
  clock.pass(50);
  assert.deepEqual(told, []);
  writeFileSync(at('a'), '2');
  await seen('a');
  clock.pass(250);
  assert.deepEqual(
    told.map((files) => [...files].sort()),
    [['a', 'b']],
  );
});

test('files that all went for good are told, too', async (t) => {
  const { at, clock, told, seen } = start(t);
  rmSync(at('a'));
  await seen('a');
  clock.pass(59_000);
  assert.deepEqual(told, []);
  clock.pass(2000);
  assert.deepEqual(told, [['a']]);
});

test('what goes on and on is told now and then', async (t) => {
  const { at, clock, told, seen } = start(t);
  for (let n = 0; n < 100; n += 1) {
    writeFileSync(at(`b${String(n)}`), '2');
    await seen(`b${String(n)}`);
    clock.pass(100);
  }
  clock.pass(1500);
  assert.ok(told.length <= 14, `${String(told.length)} times`);
  assert.deepEqual(new Set(told.flat()).size, 100);
});

test('while git is at work it is waited for more', async (t) => {
  const { at, clock, told, seen } = start(t);
  mkdirSync(at('.git'));
  writeFileSync(at('.git/index.lock'), '');
  writeFileSync(at('a'), '2');
  await seen('a');
  clock.pass(200);
  writeFileSync(at('b'), '2');
  await seen('b');
  clock.pass(200);
  assert.deepEqual(told, []);
  rmSync(at('.git/index.lock'));
  clock.pass(20);
  assert.deepEqual(told, [['a', 'b']]);
});
