/** The same moment on the wall clock and on the one that all processes of a machine share. */
export interface Moment {
  time: number;
  clock: number;
}

/**
 * Milliseconds of the monotonic clock, with their fractions. It is the machine's, not the process's, so that a save
 * in one process and an answer in another can be told apart to the millisecond; the wall clock is kept for the
 * comparison with events, and may be corrected between the two.
 */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function now(): Moment {
  return { time: Date.now(), clock: clock() };
}
