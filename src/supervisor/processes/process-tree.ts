/** The part of a server's command that has generations: one incarnation of it, invited to take part. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import path from 'node:path';
import type { Attended } from '../../runtimes/attendant.ts';
import { launch, launchAttended } from '../../runtimes/launch.ts';
import { journalsOf } from '../../runtimes/protocol/journal.ts';
import type { LaunchOrder } from '../../runtimes/launch.ts';
import { version } from '../../runtimes/protocol/messages.ts';
import type { Inspecting } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Origin } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { compileCacheOf } from '../folder/compile-cache.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import { CommandProcess } from './command-process.ts';
import type { CommandEvents } from './command-process.ts';

export interface TreeEvents extends CommandEvents {
  /** A process bound a listener by itself and sends it up. */
  handle(key: string, handle: ListenerHandle): void;
  /** A debugger can be attached to one of its processes. */
  inspecting(where: Inspecting): void;
}

export interface TreePlan {
  readonly clock: Clock;
  readonly spec: ServerSpec;
  /** Listener key → descriptor. */
  readonly inherited: ReadonlyMap<string, number>;
  /** Socket of the control server. */
  readonly control: string;
  /** Private: for side doors, and where the runtimes are installed. */
  readonly folder: string;
  /** 0 for a standby, which gets its number with its release. */
  readonly generation: number;
  readonly standby?: LaunchOrder['standby'];
  /** Of a standby: a debugger can be attached to it ahead of its release. */
  readonly inspecting?: (where: Inspecting) => void;
  /** Nothing of ours is to be in its processes. */
  readonly attended?: Attended | undefined;
  /** See the protocol's `past`. */
  readonly past?: string | undefined;
}

/** One that was started just now, or released. */
export interface Started {
  readonly tree: ProcessTree;
  readonly origin: Origin;
  /** Resolves to what had changed when it was released, though it has run it as it was: nobody is to be served by it. */
  readonly outdated?: Promise<readonly string[]> | undefined;
}

export class ProcessTree {
  /** Proves that a process which connects belongs to this tree. */
  readonly token = randomBytes(16).toString('hex');
  readonly inherited: ReadonlyMap<string, number>;
  readonly attended: Attended | undefined;
  readonly command: CommandProcess;
  /** Where a standby tells that it is warm and hears of its release. */
  readonly gate: Duplex | undefined;
  private readonly waiting: ((events: TreeEvents) => void)[] = [];
  private events: TreeEvents | undefined;
  private readonly ahead: TreePlan['inspecting'];

  constructor(plan: TreePlan) {
    const { clock, spec, inherited, control, folder, generation, standby, attended, past } = plan;
    this.ahead = plan.inspecting;
    this.inherited = inherited;
    this.attended = attended;
    const compileCache = compileCacheOf(folder);
    const journal = path.join(journalsOf(folder), this.token);
    const place = { control, token: this.token, doors: folder, compileCache, journal };
    // Of one that stands by, it is said when it is released.
    const debugged = spec.debugged === true && standby === undefined;
    const invitation = { v: version, generation, ...place, past, ...(debugged ? { debugged } : {}) };
    const { command, env } = spec;
    const started =
      attended === undefined
        ? launch({ command, env, invitation, listeners: inherited, folder, standby })
        : launchAttended(attended);
    this.command = new CommandProcess({ ...started, cwd: spec.cwd }, clock, {
      output: (stream, text) => {
        attended?.printed(text);
        this.tell((events) => events.output(stream, text));
      },
      spawnFailed: (error) => this.tell((events) => events.spawnFailed(error)),
      exited: (exit) => this.tell((events) => events.exited(exit)),
    });
    this.gate = started.gate === undefined ? undefined : this.command.pipe(started.gate);
    this.command.onMessage((message, handle) => this.receive(message as SentUp, handle));
  }

  get pid(): number {
    return this.command.pid;
  }

  /** Something in it takes part, and ends it when the supervisor is gone; nobody who is attended knows that. */
  joined(): void {
    if (this.attended === undefined) this.command.joined();
  }

  /** Tells `events` all that happens, and what has happened so far. */
  attach(events: TreeEvents): void {
    this.events = events;
    for (const tell of this.waiting.splice(0)) tell(events);
  }

  private tell(about: (events: TreeEvents) => void): void {
    if (this.events === undefined) this.waiting.push(about);
    else about(this.events);
  }

  private receive({ key, token, inspecting }: SentUp, handle: unknown): void {
    if (inspecting !== undefined && token === this.token) {
      if (this.events === undefined) this.ahead?.(inspecting);
      // Whoever attaches to us is not there yet.
      this.tell((events) => queueMicrotask(() => events.inspecting(inspecting)));
    }
    if (handle === undefined || handle === null) return;
    const received = handle as ListenerHandle;
    if (token === this.token && typeof key === 'string') this.tell((events) => events.handle(key, received));
    else received.close();
  }
}

interface SentUp {
  readonly key?: unknown;
  readonly token?: unknown;
  readonly inspecting?: Inspecting;
}
