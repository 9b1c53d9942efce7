/** Stand-ins for the editor's unit tests. */
import type { Clock } from '../../src/shared/clock.ts';
import type { GenerationStatus, ListenerStatus, ServerStatus } from '../../src/shared/model.ts';

/** Time that passes only when it is told to. */
export class FakeClock implements Clock {
  private time = 1_000_000;
  private timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, ms: number): { cancel(): void } {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return {
      cancel: () => {
        this.timers = this.timers.filter((other) => other !== timer);
      },
    };
  }

  /** Runs what is due on the way. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = next.at;
      next.callback();
    }
    this.time = end;
  }
}

export const port3000: ListenerStatus = { key: 'tcp:*:3000', port: 3000, host: '::', tls: false };

export function status(more: Partial<ServerStatus> = {}): ServerStatus {
  return {
    name: 'api',
    cwd: '/app',
    command: 'node server.js',
    state: 'off',
    held: 0,
    draining: [],
    listeners: [],
    standby: { state: 'off', why: 'nothing has served yet' },
    adapter: 'Node preload',
    ...more,
  };
}

export function generation(number: number, more: Partial<GenerationStatus> = {}): GenerationStatus {
  return { generation: number, pid: 4711, since: 0, bootMs: 20, swapMs: 23, ...more };
}

export function serving(number: number, more: Partial<ServerStatus> = {}): ServerStatus {
  return status({ state: 'serving', serving: generation(number), listeners: [port3000], ...more });
}
