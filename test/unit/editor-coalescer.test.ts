import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Coalescer, quietMs } from '../../src/editor/saves/coalescer.ts';
import {
  likelyKind,
  routeSave,
  swapOnModes,
  watchesDisk,
  type SaveLooks,
} from '../../src/editor/settings/swap-on.ts';
import { FakeClock } from './editor-fakes.ts';

function start(): {
  clock: FakeClock;
  coalescer: Coalescer;
  sent: { files: readonly string[]; time: number }[];
} {
  const clock = new FakeClock();
  const sent: { files: readonly string[]; time: number }[] = [];
  return { clock, sent, coalescer: new Coalescer(clock, (files, time) => sent.push({ files, time })) };
}

test('a lone save is sent at once', () => {
  const { clock, coalescer, sent } = start();
  coalescer.add('a', false);
  assert.deepEqual(sent, [{ files: ['a'], time: clock.now() }]);
});

test('a Save All is sent once, at its last file, with the time of its first', () => {
  const { clock, coalescer, sent } = start();
  const time = clock.now();
  coalescer.add('a', true);
  clock.pass(quietMs - 1);
  coalescer.add('b', true);
  clock.pass(quietMs - 1);
  coalescer.add('c', false);
  assert.deepEqual(sent, [{ files: ['a', 'b', 'c'], time }]);
});

test('a save beside other unsaved files waits for quiet only', () => {
  const { clock, coalescer, sent } = start();
  coalescer.add('a', true);
  assert.equal(sent.length, 0);
  clock.pass(quietMs);
  assert.deepEqual(sent[0]?.files, ['a']);
});

test('what a command saves is its own to swap for', async () => {
  const { clock, coalescer, sent } = start();
  coalescer.add('before', true);
  const files = await coalescer.during(() => {
    assert.equal(coalescer.holding, true);
    coalescer.add('a', false);
    clock.pass(1000);
    return Promise.resolve();
  });
  assert.deepEqual(files, ['before', 'a']);
  assert.equal(sent.length, 0);
  coalescer.add('b', false);
  assert.deepEqual(
    sent.map((each) => each.files),
    [['b']],
  );
});

test('what a command saved is not lost when the command fails', async () => {
  const { coalescer, sent } = start();
  const work = coalescer.during(() => {
    coalescer.add('a', false);
    return Promise.reject(new Error('no'));
  });
  await assert.rejects(work, /no/);
  assert.deepEqual(
    sent.map((each) => each.files),
    [['a']],
  );
});

test('no save is lost and none is sent twice, whatever the order', () => {
  const step = fc.record({
    file: fc.constantFrom('a', 'b', 'c', 'd'),
    more: fc.boolean(),
    pass: fc.nat(2 * quietMs),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { clock, coalescer, sent } = start();
      let waiting = new Set<string>();
      for (const { file, more, pass } of steps) {
        const before = sent.length;
        waiting.add(file);
        coalescer.add(file, more);
        clock.pass(pass);
        for (const each of sent.slice(before)) {
          assert.deepEqual([...each.files].sort(), [...waiting].sort());
          waiting = new Set();
        }
      }
      const before = sent.length;
      clock.pass(quietMs);
      assert.equal(sent.length - before, waiting.size > 0 ? 1 : 0);
    }),
  );
});

test('each mode swaps for the saves it names', () => {
  const table = swapOnModes.map((mode) => [
    mode,
    routeSave(mode, 'explicit'),
    routeSave(mode, 'auto'),
    watchesDisk(mode),
  ]);
  assert.deepEqual(table, [
    ['save', 'tell', 'quiet', true],
    ['saveAndAutoSave', 'tell', 'tell', true],
    ['watch', 'none', 'none', true],
    ['manual', 'none', 'none', false],
  ]);
});

test('a save of which the editor does not say why is what it looks like', () => {
  const looks = (autoSave: string, sinceChangeMs: number | undefined, inFront: boolean): SaveLooks => ({
    autoSave,
    delayMs: 1000,
    sinceChangeMs,
    inFront,
  });
  const kinds = [
    looks('off', 5000, false),
    looks('afterDelay', 999, true),
    looks('afterDelay', 1000, true),
    looks('afterDelay', undefined, true), // Ctrl+S after the auto save
    looks('onFocusChange', 5000, true),
    looks('onFocusChange', 5, false),
    looks('onWindowChange', 5, false),
  ].map(likelyKind);
  assert.deepEqual(kinds, ['explicit', 'explicit', 'auto', 'explicit', 'explicit', 'auto', 'auto']);
});
