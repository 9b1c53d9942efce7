/**
 * Whether a server's generations are debugged, and by whom. Each of its processes opens a port of its own before its
 * first line, says so, and waits; the client attaches a debugger. A process never waits for long for one that does not
 * come.
 */
import type { Inspecting } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import { letGo } from './let-go.ts';

/** One that can't attach says so; this (ms) is for one that says nothing more. */
const attachMs = 60_000;

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
  /** By port: those that wait for it. */
  private readonly waiting = new Map<number, { readonly generation: number; cancel(): void }>();
  /** By generation: how often it is stopped, by its debugger or for it. */
  private readonly stops = new Map<number, number>();
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
    if (waits) {
      const deadline = this.clock.setTimeout(() => this.release(port), attachMs);
      this.waiting.set(port, { generation, cancel: () => deadline.cancel() });
      this.stop(generation);
    }
    if (this.isOn) this.events.inspecting(generation, where);
    else if (waits) this.release(port);
  }

  /** The debugger is there, or will not come. */
  attached(port: number, isThere: boolean): void {
    if (isThere) this.waitsNoMore(port);
    else this.release(port);
  }

  setPaused(generation: number, isPaused: boolean): void {
    if (this.paused.has(generation) === isPaused) return;
    if (isPaused) {
      this.paused.add(generation);
      this.stop(generation);
    } else {
      this.paused.delete(generation);
      this.goOn(generation);
    }
  }

  private release(port: number): void {
    if (this.waitsNoMore(port)) void letGo(port);
  }

  private waitsNoMore(port: number): boolean {
    const waiting = this.waiting.get(port);
    if (waiting === undefined) return false;
    waiting.cancel();
    this.waiting.delete(port);
    this.goOn(waiting.generation);
    return true;
  }

  private stop(generation: number): void {
    const stops = this.stops.get(generation) ?? 0;
    this.stops.set(generation, stops + 1);
    if (stops === 0) this.events.paused(generation);
  }

  private goOn(generation: number): void {
    const stops = (this.stops.get(generation) ?? 1) - 1;
    if (stops > 0) {
      this.stops.set(generation, stops);
      return;
    }
    this.stops.delete(generation);
    this.events.continued(generation);
  }
}
