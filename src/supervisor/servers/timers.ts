/** The deadlines of a handoff, by timer and generation. */
import type { Timer } from '../../handoff/state.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Clock } from '../../shared/clock.ts';

/** A start may take so many times what an earlier one took. */
const slack = 2;

/** Milliseconds; the ones that users set come from the server's configuration. */
const deadlines = {
  /** Longer than clients like to wait; shorter than they give up after. */
  hold: 15_000,
  /** A loop blocked for longer answers nobody anyway. */
  cutover: 2000,
  resume: 2000,
  /** The old generation stays this long, should the new one crash on its first requests. */
  probation: 1000,
  /** After the generation's own drain deadline: it may have to wait for a processor before it says that it stays. */
  drainSlack: 3000,
  /** Between the request to leave and SIGKILL. */
  end: 5000,
  /** Who dies again within this time of its first death does not come back by itself. */
  relapse: 10_000,
  /** A day at a breakpoint. */
  debugged: 86_400_000,
  /** How long connections wait for a good save when nothing can serve. */
  down: 120_000,
} as const;

/** `coldBootMs`: what the last cold start of this server took that served in the end. */
export function deadlineOf(timer: Timer, spec: ServerSpec, coldBootMs = 0): number {
  switch (timer) {
    case 'ready':
      // A limit that its own first start did not keep would refuse every save.
      return coldBootMs > spec.readyTimeoutMs ? coldBootMs * slack : spec.readyTimeoutMs;
    case 'hold':
      return Math.min(spec.readyTimeoutMs, deadlines.hold);
    case 'drain':
      return drainMsOf(spec) + deadlines.drainSlack;
    default:
      return deadlines[timer];
  }
}

/** It stays for the probation of its successor anyway: its requests may have that time, too. */
export function drainMsOf(spec: ServerSpec): number {
  return Math.max(spec.drainTimeoutMs, deadlines.probation);
}

/** As a process is told it, which does not know how long a debugger has stopped it: then our own deadline bounds it. */
export function ownDrainMsOf(spec: ServerSpec): number {
  return spec.debugged === true ? deadlines.debugged : drainMsOf(spec);
}

export class Timers {
  private readonly armed = new Map<string, { cancel(): void }>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  arm(timer: Timer, generation: number, ms: number, onTimeout: () => void): void {
    this.disarm(timer, generation);
    const key = keyOf(timer, generation);
    this.armed.set(
      key,
      this.clock.setTimeout(() => {
        this.armed.delete(key);
        onTimeout();
      }, ms),
    );
  }

  disarm(timer: Timer, generation: number): void {
    const key = keyOf(timer, generation);
    this.armed.get(key)?.cancel();
    this.armed.delete(key);
  }

  clear(): void {
    for (const timer of this.armed.values()) timer.cancel();
    this.armed.clear();
  }
}

function keyOf(timer: Timer, generation: number): string {
  return `${timer}:${String(generation)}`;
}
