/** The end of a process that something else than the supervisor restarts: requests are finished first. */
import { Drain } from './drain.ts';
import type { Traffic } from './traffic.ts';

/** By which watchers end what they run. */
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const;

interface Listener {
  readonly traffic: Traffic;
  stopAccepting(): void;
}

export class SoftEnd {
  private readonly listeners: () => readonly Listener[];
  private readonly drainMs: number;
  private readonly handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  private drain: Drain | undefined;

  /** From here on. The next process listens where this one did: clients that come meanwhile wait for it. */
  constructor(listeners: () => readonly Listener[], drainMs: number) {
    this.listeners = listeners;
    this.drainMs = drainMs;
    this.handlers = signals.map((signal) => [signal, () => this.end(signal)]);
    for (const [signal, handler] of this.handlers) process.on(signal, handler);
  }

  /** To be called whenever a connection has closed. */
  check(): void {
    this.drain?.check();
  }

  dispose(): void {
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
  }

  private end(signal: NodeJS.Signals): void {
    if (process.listenerCount(signal) > 1) return; // the app has its own way
    const listeners = this.listeners();
    for (const listener of listeners) listener.stopAccepting();
    const traffic = listeners.map((listener) => listener.traffic);
    for (const one of traffic) one.beLast();
    const done = (): void => {
      this.dispose();
      process.kill(process.pid, signal);
    };
    this.drain ??= new Drain(traffic, this.drainMs, true, { done, passing: () => undefined });
  }
}
