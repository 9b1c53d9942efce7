/** What the supervisor takes from outside, so that tests can give it other clocks and folders. */

export interface Clock {
  /** Milliseconds since the epoch, with fractions. */
  now(): number;
  setTimeout(callback: () => void, ms: number): { cancel(): void };
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

export interface Environment {
  readonly clock: Clock;
  /** Private folder of this supervisor: control socket, side doors. */
  readonly folder: string;
  /** Bundled Node preload. */
  readonly preload: string;
}
