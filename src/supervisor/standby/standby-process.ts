/** One process tree that waits to be a generation. */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseMessage, splitLines } from '../../runtimes/protocol/lines.ts';
import type {
  ModuleGraph,
  Offence,
  StandbyPlan,
  StandbyRelease,
  StandbyReport,
} from '../../runtimes/protocol/messages.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { Consumed } from './consumed.ts';
import type { Environment } from '../folder/environment.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import { ProcessTree } from '../processes/process-tree.ts';
import { compilesTypeScript, consumedBy, planOf } from '../../runtimes/node/standby-plan.ts';

export interface StandbyOrder {
  readonly spec: ServerSpec;
  readonly graph: ModuleGraph;
  readonly offences: ReadonlyMap<string, Offence>;
}

export interface StandbySurroundings {
  readonly env: Environment;
  /** Socket of the control server. */
  readonly control: string;
  readonly listeners: ListenerStore;
}

export class StandbyProcess {
  readonly consumed: Consumed;
  readonly since: number;
  /** Of the store, when it inherited them. */
  private readonly listenersVersion: number;
  private readonly tree: ProcessTree;
  private readonly spec: string;

  private constructor(
    order: StandbyOrder,
    { env, control, listeners }: StandbySurroundings,
    consumed: Consumed,
  ) {
    const { spec, graph, offences } = order;
    this.consumed = consumed;
    this.spec = identityOf(spec);
    this.since = env.clock.now();
    this.listenersVersion = listeners.version;
    const id = randomBytes(6).toString('hex');
    const planFile = path.join(env.folder, `standby-${id}.json`);
    // Its content is new, so that no cache of the compiler has it.
    const typeScript = compilesTypeScript(graph) ? path.join(env.folder, `standby-${id}.mts`) : undefined;
    const warmUp = typeScript === undefined ? {} : { warmUp: pathToFileURL(typeScript).href };
    const plan: StandbyPlan = { ...planOf(spec, graph, offences), ...warmUp };
    if (typeScript !== undefined) writeFileSync(typeScript, `export const id: string = '${id}';\n`);
    writeFileSync(planFile, JSON.stringify(plan));
    const files = [planFile, ...(typeScript === undefined ? [] : [typeScript])];
    this.tree = new ProcessTree({
      clock: env.clock,
      spec,
      inherited: listeners.descriptors(),
      control,
      doors: env.folder,
      preload: env.preload,
      generation: 0,
      standby: { main: graph.main, flags: graph.flags, by: graph.by, plan: planFile },
    });
    const read = (): void => {
      for (const file of files) rmSync(file, { force: true });
    };
    this.tree.gate?.once('data', read);
    void this.tree.ended.then(read);
    this.tree.gate?.on('error', () => undefined); // it ended, which is heard elsewhere
  }

  /** Looks at what it will consume before it does. */
  static async start(order: StandbyOrder, surroundings: StandbySurroundings): Promise<StandbyProcess> {
    const consumed = await Consumed.of(consumedBy(order.spec, order.graph));
    return new StandbyProcess(order, surroundings, consumed);
  }

  get pid(): number {
    return this.tree.pid;
  }

  get ended(): Promise<void> {
    return this.tree.ended;
  }

  /** Why it is of no use to a generation of `spec` that is to have these listeners, if so. */
  misfit(spec: ServerSpec, listeners: ListenerStore): string | undefined {
    if (this.spec !== identityOf(spec)) return 'the server is defined anew';
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
  release(number: number): ProcessTree {
    const release: StandbyRelease = { type: 'go', generation: number };
    this.tree.gate?.write(`${JSON.stringify(release)}\n`);
    return this.tree;
  }

  /** Resolves when nothing of it is left. */
  async kill(): Promise<void> {
    this.tree.signal('SIGKILL');
    await this.tree.ended;
    await this.tree.empty();
  }
}

/** What a process is started from. */
function identityOf({ command, cwd, env, standbyExcept, duringBoot }: ServerSpec): string {
  return JSON.stringify([command, cwd, env, standbyExcept, duringBoot]);
}
