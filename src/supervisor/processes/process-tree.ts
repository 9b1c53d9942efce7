/** A server's command with all processes that it starts: a process group, its output, and what it sends up. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { launch } from '../../runtimes/node/launch.ts';
import { version } from '../../runtimes/protocol/messages.ts';
import type { Standby } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Origin } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import { compileCacheOf } from '../folder/compile-cache.ts';
import { readOutput } from '../output/output-reader.ts';
import { ProcessGroup } from './process-group.ts';

const lastOutputMs = 200;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface TreeEvents {
  output(stream: 'stdout' | 'stderr', text: string): void;
  /** A process bound a listener by itself and sends it up. */
  handle(key: string, handle: ListenerHandle): void;
  spawnFailed(error: NodeJS.ErrnoException): void;
  /** The process that was started ended; others of its group may live on. */
  exited(exit: Exit): void;
}

export interface TreePlan {
  readonly clock: Clock;
  readonly spec: ServerSpec;
  /** Listener key → descriptor. */
  readonly inherited: ReadonlyMap<string, number>;
  /** Socket of the control server. */
  readonly control: string;
  /** Private folder for side doors. */
  readonly doors: string;
  readonly preload: string;
  /** 0 for a standby, which gets its number with its release. */
  readonly generation: number;
  /** Makes it a standby. */
  readonly standby?: Omit<Standby, 'fd'>;
}

/** One that was started just now, or released. */
export interface Started {
  readonly tree: ProcessTree;
  readonly origin: Origin;
}

export class ProcessTree {
  /** 0 if it could not be started. */
  readonly pid: number;
  /** Proves that a process which connects belongs to this tree. */
  readonly token = randomBytes(16).toString('hex');
  readonly inherited: ReadonlyMap<string, number>;
  /** Where a standby tells that it is warm and hears of its release. */
  readonly gate: Duplex | undefined;
  /** When the process that was started ended, or could not be started. */
  readonly ended: Promise<void>;
  private readonly clock: Clock;
  private readonly closed: Promise<void>;
  private readonly child: ChildProcess;
  private readonly group: ProcessGroup | undefined;
  private readonly waiting: ((events: TreeEvents) => void)[] = [];
  private events: TreeEvents | undefined;

  constructor({ clock, spec, inherited, control, doors, preload, generation, standby }: TreePlan) {
    this.clock = clock;
    this.inherited = inherited;
    const compileCache = compileCacheOf(doors);
    const invitation = { v: version, control, token: this.token, generation, doors, compileCache };
    const plan = launch(spec.command, spec.env, invitation, inherited, preload, standby);
    this.child = spawn(plan.file, plan.args, {
      cwd: spec.cwd,
      env: { ...plan.env },
      stdio: [...plan.stdio],
      detached: true, // a process group of its own
    });
    this.pid = this.child.pid ?? 0;
    this.group = this.child.pid === undefined ? undefined : new ProcessGroup(this.child.pid);
    this.gate =
      plan.gate === undefined
        ? undefined
        : ((this.child.stdio[plan.gate] as Duplex | null | undefined) ?? undefined);
    this.ended = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
    this.closed = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.listen();
  }

  /** Tells `events` all that happens, and what has happened so far. */
  attach(events: TreeEvents): void {
    this.events = events;
    for (const tell of this.waiting.splice(0)) tell(events);
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.group?.signal(signal);
  }

  /** Its living processes; empty where the system does not tell. */
  members(): number[] {
    return this.group?.members() ?? [];
  }

  /** Resolves when no process of it is left. To be called after its exit. */
  async empty(): Promise<void> {
    await this.group?.empty();
  }

  /** Exit comes before the last of stderr; a helper that keeps stderr open must not delay us for long. */
  async lastOutput(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimeout(resolve, lastOutputMs);
      void this.closed.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private tell(about: (events: TreeEvents) => void): void {
    if (this.events === undefined) this.waiting.push(about);
    else about(this.events);
  }

  private listen(): void {
    const { child } = this;
    child.stdin?.on('error', () => undefined); // a server may close its input
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child[name];
      if (stream === null) continue; // it could not be started
      const ends = readOutput(stream, this.clock, (text) => {
        this.tell((events) => events.output(name, text));
      });
      child.once('exit', ends);
    }
    child.on('message', (message: { key?: unknown; token?: unknown }, handle: unknown) => {
      if (handle === undefined || handle === null) return;
      const received = handle as ListenerHandle;
      const { key } = message;
      if (message.token === this.token && typeof key === 'string')
        this.tell((events) => events.handle(key, received));
      else received.close();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) this.tell((events) => events.spawnFailed(error)); // else an error of the channel
    });
    child.on('exit', (code, signal) => {
      this.tell((events) => events.exited({ code, signal }));
    });
  }
}
