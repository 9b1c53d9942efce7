import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Unsaved } from '../../src/supervisor/changes/unsaved.ts';
import { FakeClock } from './editor-fakes.ts';

const window = { name: 'window' };
const otherWindow = { name: 'other window' };

/** After all that follows from what was answered. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

function start() {
  const clock = new FakeClock();
  const told: string[][] = [];
  const unsaved = new Unsaved(clock);
  return {
    clock,
    told,
    unsaved,
    pass: (...files: string[]) => unsaved.pass(files, (f) => told.push([...f])),
  };
}

test('what nobody has unsaved is told at once', () => {
  const { unsaved, told, pass } = start();
  unsaved.claim(window, ['a']);
  pass('b', 'a', 'c');
  assert.deepEqual(told, [['b', 'c']]);
});

test('what the editor speaks for is told never', () => {
  const { clock, unsaved, told, pass } = start();
  unsaved.claim(window, ['a', 'b']);
  pass('a', 'b');
  unsaved.spokenFor(['a']);
  unsaved.claim(window, ['b']);
  assert.deepEqual(told, []);
  unsaved.claim(window, []);
  clock.pass(60_000);
  assert.deepEqual(told, [['b']]);
});

test('what no window has unsaved any more is told then, whatever became of it', () => {
  const { unsaved, told, pass } = start();
  unsaved.claim(window, ['a']);
  unsaved.claim(otherWindow, ['a']);
  pass('a');
  unsaved.claim(window, []);
  assert.deepEqual(told, []);
  unsaved.claim(otherWindow, ['b']);
  assert.deepEqual(told, [['a']]);
});

test('what happens on disk is told when every editor has said what it knew', async () => {
  const { clock, unsaved, told, pass } = start();
  const editors = [window, otherWindow].map((client) => {
    const asked: (() => void)[] = [];
    const heard: string[][] = [];
    unsaved.joined(client, (files) => {
      heard.push([...files]);
      return new Promise((resolve) => {
        asked.push(resolve);
      });
    });
    return {
      heard,
      answer: () => {
        asked.shift()?.();
      },
    };
  });
  const [first, second] = editors as [(typeof editors)[0], (typeof editors)[0]];
  pass('a', 'b', 'c');
  assert.deepEqual([first.heard, second.heard], [[['a', 'b', 'c']], [['a', 'b', 'c']]]);
  unsaved.claim(window, ['a']);
  unsaved.spokenFor(['b']);
  first.answer();
  await settled();
  assert.deepEqual(told, []);
  second.answer();
  await settled();
  assert.deepEqual(told, [['c']]);
  unsaved.left(window);
  assert.deepEqual(told, [['c'], ['a']]);

  pass('d');
  clock.pass(10_000);
  assert.deepEqual(told, [['c'], ['a'], ['d']], 'one that never answers is not waited for');
  second.answer();
  await settled();
  assert.equal(told.length, 3);
});

test('an editor that has left, or knows of no such question, is not waited for', async () => {
  const { unsaved, told, pass } = start();
  unsaved.joined(window, () => new Promise(() => undefined));
  unsaved.left(window);
  pass('a');
  assert.deepEqual(told, [['a']]);
  unsaved.joined(window, () => Promise.reject(new Error('no such method')));
  pass('b');
  await settled();
  assert.deepEqual(told, [['a'], ['b']]);
});

test('what another program wrote below unsaved changes is told after a while', () => {
  const { clock, unsaved, told, pass } = start();
  unsaved.claim(window, ['a']);
  pass('a');
  clock.pass(9_999);
  assert.deepEqual(told, []);
  clock.pass(1);
  assert.deepEqual(told, [['a']]);
});

test('no news is lost and none is told twice, whatever the order', () => {
  const file = fc.constantFrom('a', 'b', 'c');
  const files = fc.uniqueArray(file);
  const step = fc.oneof(
    fc.record({ does: fc.constant('claim' as const), files, client: fc.constantFrom(window, otherWindow) }),
    fc.record({ does: fc.constant('pass' as const), files, client: fc.constant(window) }),
    fc.record({ does: fc.constant('spokenFor' as const), files, client: fc.constant(window) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { clock, unsaved, told, pass } = start();
      const due = new Map<string, number>();
      for (const { does, files, client } of steps) {
        if (does === 'claim') unsaved.claim(client, files);
        else if (does === 'pass') {
          for (const each of files) due.set(each, (due.get(each) ?? 0) + 1);
          pass(...files);
        } else {
          unsaved.spokenFor(files);
          for (const each of files) due.set(each, told.flat().filter((other) => other === each).length);
        }
      }
      clock.pass(10_000);
      for (const [each, times] of due)
        assert.equal(told.flat().filter((other) => other === each).length, times, each);
    }),
  );
});
