/**
 * Whether a server's generations are debugged, and by whom. Each of its processes opens a port of its own before its
 * first line, says so, and waits; the client attaches a debugger. A process never waits for long for one that does not
 * come.
 */
import type { Inspecting } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import { letGo } from './let-go.ts';

/** A busy editor takes its time to attach (ms). */
const attachMs = 10_000;

export interface DebuggingEvents {
  /** It is switched on or off: takes effect with the next generation, and with those that are told. */
  changed(): void;
  /** Whoever debugs can attach there. */
  inspecting(generation: number, where: Inspecting): void;
  paused(generation: number): void;
  continued(generation: number): void;
}

export class Debugging {
  private readonly clock: Clock;
  private readonly events: DebuggingEvents;
  private client: object | undefined;
  /** By port: a deadline for those that wait. */
  private readonly waiting = new Map<number, { cancel(): void }>();
  private readonly paused = new Set<number>();

  constructor(clock: Clock, events: DebuggingEvents) {
    this.clock = clock;
    this.events = events;
  }

  get isOn(): boolean {
    return this.client !== undefined;
  }

  /** `client` will attach a debugger to each process that says where. */
  begin(client: object): void {
    this.client = client;
    this.events.changed();
  }

  /** Nobody will; those that were stopped run on, since who stopped them is gone. */
  end(client: object): void {
    if (this.client !== client) return;
    this.client = undefined;
    for (const port of [...this.waiting.keys()]) this.release(port);
    for (const generation of [...this.paused]) this.setPaused(generation, false);
    this.events.changed();
  }

  inspecting(generation: number, where: Inspecting): void {
    const { port, waits } = where;
    if (waits)
      this.waiting.set(
        port,
        this.clock.setTimeout(() => this.release(port), attachMs),
      );
    if (this.isOn) this.events.inspecting(generation, where);
    else if (waits) this.release(port);
  }

  /** The debugger is there, or will not come. */
  attached(port: number, isThere: boolean): void {
    if (!isThere) this.release(port);
    this.waiting.get(port)?.cancel();
    this.waiting.delete(port);
  }

  setPaused(generation: number, isPaused: boolean): void {
    if (isPaused) this.paused.add(generation);
    else this.paused.delete(generation);
    if (isPaused) this.events.paused(generation);
    else this.events.continued(generation);
  }

  private release(port: number): void {
    this.waiting.get(port)?.cancel();
    if (this.waiting.delete(port)) void letGo(port);
  }
}
