/** What activation costs. To be imported first: what is imported later is part of it. */

export interface Cost {
  readonly wallMs: number;
  /** All threads of the host; unlike the wall clock, it does not count what other programs do meanwhile. */
  readonly cpuMs: number;
}

/** Returns a function that says what was spent since. */
export function stopwatch(): () => Cost {
  const began = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { wallMs: performance.now() - began, cpuMs: (user + system) / 1000 };
  };
}

/** Since the bundle began to run. */
export const sinceLoading = stopwatch();
