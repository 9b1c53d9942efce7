import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SystemTime } from '../../src/shared/clock.ts';

/** Two clocks of one machine: one tells whole milliseconds, the other has begun at some moment and may stand still. */
class Machine {
  private true = 1_700_000_000_000;
  private slept = 0;
  readonly began = this.true;

  pass(ms: number): void {
    this.true += ms;
  }

  sleep(ms: number): void {
    this.true += ms;
    this.slept += ms;
  }

  get now(): number {
    return this.true;
  }

  readonly wall = (): number => Math.floor(this.true);
  readonly elapsed = (): number => this.true - this.began - this.slept;
}

/** Doubles have that many digits for today's dates. */
const precisionMs = 0.001;

describe('the time of the system', () => {
  it('keeps its fractions while it is right', () => {
    const machine = new Machine();
    const time = new SystemTime(machine.wall, machine.elapsed, machine.began);
    for (let left = 100; left > 0; left--) {
      machine.pass(0.37);
      assert.ok(Math.abs(time.now() - machine.now) < precisionMs, String(time.now() - machine.now));
    }
  });

  it('is that of files within a millisecond, whatever it began with, and after the machine has slept', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1e6, noNaN: true })));
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), steps, (off, all) => {
        const machine = new Machine();
        const time = new SystemTime(machine.wall, machine.elapsed, machine.began + off);
        for (const [sleeps, ms] of all) {
          if (sleeps) machine.sleep(ms);
          else machine.pass(ms);
          assert.ok(Math.abs(time.now() - machine.now) <= 1 + precisionMs, String(time.now() - machine.now));
        }
      }),
    );
  });

  it('believes nothing of a look that was interrupted', () => {
    const machine = new Machine();
    let interruptedMs = 400;
    const wall = (): number => {
      const now = machine.wall();
      machine.pass(interruptedMs);
      return now;
    };
    const time = new SystemTime(wall, machine.elapsed, machine.began);
    assert.ok(Math.abs(time.now() - machine.now) < precisionMs);
    interruptedMs = 0;
    assert.ok(Math.abs(time.now() - machine.now) < precisionMs);
  });
});
