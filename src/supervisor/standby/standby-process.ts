/** One process tree that waits to be a generation. */
import { rmSync } from 'node:fs';
import { parseMessage, splitLines } from '../../runtimes/protocol/lines.ts';
import type { Inspecting } from '../../runtimes/protocol/messages.ts';
import type { StandbyRelease, StandbyReport } from '../../runtimes/protocol/standby.ts';
import type { Loads, PreparedStandby, Runtime, StandbyPlanner } from '../../runtimes/runtime.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Environment } from '../folder/environment.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import { ProcessTree } from '../processes/process-tree.ts';
import { Consumed } from './consumed.ts';

export interface StandbyOrder {
  readonly spec: ServerSpec;
  readonly runtime: Runtime;
  /** Of that runtime. */
  readonly planner: StandbyPlanner;
  /** Files that the programs above its processes read. */
  readonly besides: ReadonlySet<string>;
  /** Of the app, of one that is to run it ahead: files that it may read, and those that are being worked on. */
  readonly own?: readonly string[];
  readonly hot?: readonly string[];
}

export interface StandbySurroundings {
  readonly env: Environment;
  /** Socket of the control server. */
  readonly control: string;
  readonly listeners: ListenerStore;
  /** One is started, ms since the epoch. */
  readonly started: (at: number) => void;
  /** A debugger can be attached to one, though it is no generation yet. */
  readonly inspecting: (where: Inspecting) => void;
}

export class StandbyProcess {
  readonly consumed: Consumed;
  readonly since: number;
  /** Of the store, when it inherited them. */
  private readonly listenersVersion: number;
  private readonly tree: ProcessTree;
  private readonly spec: string;
  /** A debugger comes while it waits; undefined: only when it is released. */
  private readonly debugged: boolean | undefined;

  private constructor(
    { spec, runtime }: StandbyOrder,
    { own, files }: PreparedStandby,
    { env, control, listeners, started, inspecting }: StandbySurroundings,
    consumed: Consumed,
    loads: Loads,
  ) {
    this.consumed = consumed;
    this.spec = identityOf(spec);
    this.debugged = loads === 'dependencies' ? spec.debugged === true : undefined;
    this.since = env.clock.now();
    started(this.since);
    this.listenersVersion = listeners.version;
    this.tree = new ProcessTree({
      clock: env.clock,
      spec,
      inherited: listeners.descriptors(),
      control,
      folder: env.folder,
      generation: 0,
      standby: { runtime, own, debugged: this.debugged },
      inspecting,
    });
    const read = (): void => {
      for (const file of files) rmSync(file, { force: true });
    };
    this.tree.gate?.once('data', read);
    void this.tree.command.ended.then(read);
    this.tree.gate?.on('error', () => undefined); // it ended, which is heard elsewhere
  }

  /** Looks at what it will consume before it does. Undefined if nobody knows yet what a standby of this server is. */
  static async start(
    order: StandbyOrder,
    surroundings: StandbySurroundings,
    loads: Loads,
  ): Promise<StandbyProcess | undefined> {
    const { spec, planner, besides, own, hot } = order;
    const consumed = await Consumed.of([...planner.consumes(spec, loads), ...besides], own);
    const prepared = planner.prepare(spec, surroundings.env.folder, loads, hot);
    return prepared === undefined
      ? undefined
      : new StandbyProcess(order, prepared, surroundings, consumed, loads);
  }

  get pid(): number {
    return this.tree.pid;
  }

  get ended(): Promise<void> {
    return this.tree.command.ended;
  }

  /** Why it is of no use to a generation of `spec` that is to have these listeners, if so. */
  misfit(spec: ServerSpec, listeners: ListenerStore): string | undefined {
    if (this.spec !== identityOf(spec)) return 'the server is defined anew';
    if (this.debugged !== undefined && this.debugged !== (spec.debugged === true))
      return this.debugged ? 'nobody debugs any more' : 'it is debugged';
    return this.listenersVersion === listeners.version ? undefined : 'the listeners changed';
  }

  onReport(listener: (report: StandbyReport) => void): void {
    this.tree.gate?.setEncoding('utf8').on(
      'data',
      splitLines((line) => {
        const message = parseMessage(line);
        if (message?.type === 'warm') listener(message as StandbyReport);
      }),
    );
  }

  /** For whoever makes generation `number` of it. */
  release(
    number: number,
    { debugged }: Pick<ServerSpec, 'debugged'>,
    past?: string,
    changed?: readonly string[],
  ): ProcessTree {
    const release: StandbyRelease = { type: 'go', generation: number, debugged, past, changed };
    this.tree.gate?.write(`${JSON.stringify(release)}\n`);
    return this.tree;
  }

  /** Resolves when nothing of it is left. */
  async kill(): Promise<void> {
    this.tree.command.signal('SIGKILL');
    await this.tree.command.ended;
    await this.tree.command.empty();
  }
}

/** What a process is started from. */
function identityOf({ command, cwd, env, standbyExcept, duringBoot }: ServerSpec): string {
  return JSON.stringify([command, cwd, env, standbyExcept, duringBoot]);
}
