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

/** Between two words to one that does not go on (ms). */
const againMs = 20;

export interface DebuggingEvents {
  /** It is switched on or off: takes effect with the next generation, and with those that are told. */
  changed(): void;
  /** Whoever debugs can attach there. */
  inspecting(generation: number, where: Inspecting): void;
  paused(generation: number): void;
  continued(generation: number): void;
}

interface Waiting {
  readonly generation: number;
  readonly ahead: boolean;
  cancel(): void;
}

export class Debugging {
  private readonly clock: Clock;
  private readonly events: DebuggingEvents;
  private client: object | undefined;
  /** By port: those that wait for it. */
  private readonly waiting = new Map<number, Waiting>();
  /** By port: standbys that were released, and are told to go on until they do. */
  private readonly released = new Set<number>();
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

  /** One that is no generation yet: nobody waits, and whoever debugs can attach. */
  ahead(where: Inspecting): void {
    if (this.isOn) this.events.inspecting(0, where);
  }

  inspecting(generation: number, where: Inspecting): void {
    const { port, waits, ahead = false } = where;
    if (ahead && !waits) {
      this.released.delete(port);
      return;
    }
    if (waits) {
      const deadline = this.clock.setTimeout(() => this.release(port), attachMs);
      this.waiting.set(port, { generation, ahead, cancel: () => deadline.cancel() });
      this.stop(generation);
    }
    if (this.isOn) this.events.inspecting(generation, where);
    else if (waits) this.release(port);
  }

  /** The debugger is there, and has let it go unless it was a standby's; or it will not come. */
  attached(port: number, isThere: boolean): void {
    if (isThere && this.waiting.get(port)?.ahead === false) this.waitsNoMore(port);
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
    const ahead = this.waiting.get(port)?.ahead === true;
    if (!this.waitsNoMore(port)) return;
    if (ahead) void this.letGoOn(port);
    else void letGo(port);
  }

  /** Of a standby: the first word may find it waiting for its debugger, which did not come. */
  private async letGoOn(port: number): Promise<void> {
    this.released.add(port);
    while (this.released.has(port)) {
      if (!(await letGo(port))) this.released.delete(port);
      else await new Promise<void>((resolve) => this.clock.setTimeout(resolve, againMs));
    }
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
