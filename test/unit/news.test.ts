import assert from 'node:assert/strict';
import { it } from 'node:test';
import { News } from '../../src/supervisor/wire/news.ts';

it('news waits for a moment, comes in order, and before an answer at once', () => {
  let due: (() => void) | undefined;
  let cancelled = 0;
  const clock = {
    now: () => 0,
    setTimeout: (callback: () => void) => {
      assert.equal(due, undefined, 'one timer at a time');
      due = callback;
      return {
        cancel: () => {
          due = undefined;
          cancelled += 1;
        },
      };
    },
  };
  const told: number[] = [];
  const news = new News<number>(clock, (item) => told.push(item));
  news.add(1);
  news.add(2);
  assert.deepEqual(told, []);
  due?.();
  assert.deepEqual(told, [1, 2]);
  news.add(3);
  news.flush();
  assert.deepEqual(told, [1, 2, 3]);
  assert.equal(due, undefined);
  assert.ok(cancelled > 0);
  news.flush();
  assert.deepEqual(told, [1, 2, 3]);

  news.postpone(); // nothing waits
  assert.equal(due, undefined);
  news.add(4);
  const first = due;
  news.postpone();
  assert.notEqual(due, first, 'its time begins anew');
  assert.deepEqual(told, [1, 2, 3]);
  (due as (() => void) | undefined)?.();
  assert.deepEqual(told, [1, 2, 3, 4]);
});
