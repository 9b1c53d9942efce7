import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noStandby, standbyTransition } from '../../src/handoff/standby.ts';
import type { StandbyInput } from '../../src/handoff/standby.ts';

const input: fc.Arbitrary<StandbyInput> = fc.oneof(
  fc.constant({ type: 'want' } as const),
  fc.record({ type: fc.constant('warm' as const), clean: fc.boolean() }),
  fc.constant({ type: 'lost' } as const),
  fc.constant({ type: 'spoil', why: 'a file changed' } as const),
  fc.constant({ type: 'take' } as const),
);

test('one process at most; released only once known to be clean; else killed', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
      let state = noStandby;
      let alive = false as boolean;
      let clean = false;
      for (const one of inputs) {
        if (one.type === 'warm' && alive) clean = one.clean;
        if (one.type === 'lost') alive = false;
        const step = standbyTransition(state, one);
        state = step.state;
        for (const { effect } of step.effects) {
          if (effect === 'spawn') {
            assert.ok(!alive, 'two processes');
            [alive, clean] = [true, false];
          } else if (effect === 'kill') {
            alive = false;
          } else if (effect === 'release') {
            assert.ok(alive && clean, 'released unseen');
            alive = false;
          }
        }
        if (one.type === 'take') assert.ok(!alive, 'a swap leaves none behind');
        assert.equal(alive, state.kind !== 'none');
      }
    }),
  );
});

test('one that ends by itself again and again is given up', () => {
  let state = noStandby;
  let spawned = 0;
  for (let n = 0; n < 10; n += 1) {
    for (const one of [{ type: 'want' }, { type: 'lost' }] as const) {
      const step = standbyTransition(state, one);
      state = step.state;
      spawned += step.effects.filter(({ effect }) => effect === 'spawn').length;
    }
  }
  assert.equal(spawned, 3);
});
