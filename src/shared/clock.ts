/** Time as something passed in, so that tests need not wait. */

export interface Clock {
  /** Milliseconds since the epoch, with fractions: comparable with the times of files. */
  now(): number;
  setTimeout(callback: () => void, ms: number): { cancel(): void };
}

/**
 * The system's time as `Date.now()` tells it, with the fractions of `performance.now()`. `performance.timeOrigin` alone is no
 * base for that: Node reads two clocks for it, and on a busy machine is interrupted between them (it was off by 441 ms), and
 * what is counted from there stands still while the machine sleeps.
 */
export class SystemTime {
  private readonly wall: () => number;
  private readonly elapsed: () => number;
  /** The time at which `elapsed` was 0. */
  origin: number;

  /**
   * @param wall ms since the epoch, cut off to whole ones
   * @param elapsed ms since some moment, with fractions
   * @param origin that moment, as far as is known (ms since the epoch)
   */
  constructor(
    wall = (): number => Date.now(),
    elapsed = (): number => performance.now(),
    origin = performance.timeOrigin,
  ) {
    this.wall = wall;
    this.elapsed = elapsed;
    this.origin = origin;
  }

  now(): number {
    const before = this.elapsed();
    const wall = this.wall();
    const after = this.elapsed();
    // It was read between the two, and cut off: the origin lies in between, and stays where it is if it does.
    this.origin = Math.min(Math.max(this.origin, wall - after), wall + 1 - before);
    return this.origin + after;
  }
}

const time = new SystemTime();

export const systemClock: Clock = {
  now: () => time.now(),
  setTimeout: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};
