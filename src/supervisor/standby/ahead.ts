/**
 * One process of a server that waits besides its standby, and has run the app's own modules up to the first file that
 * is being worked on. It is for a save of such a file; any other throws it away, and the standby is there.
 */
import { isCode, isDependency } from '../../runtimes/registry.ts';
import type { StandbyReport } from '../../runtimes/protocol/standby.ts';
import type { StandbyNews } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { LoadedAnswer } from '../generations/generation.ts';
import { HotFiles } from './hot-files.ts';
import type { Work } from './hot-files.ts';
import { StandbyProcess } from './standby-process.ts';
import type { StandbyOrder, StandbySurroundings } from './standby-process.ts';

/** Of the app's own; who has run fewer has nothing that the standby has not. */
const fewest = 2;

export interface StandbyEvents {
  happened(news: StandbyNews): void;
  changed(): void;
}

export interface AheadEvents extends StandbyEvents {
  /** Ends one that is not needed. */
  bury(process: StandbyProcess): void;
}

export interface TakenAhead {
  readonly process: StandbyProcess;
  /** Files that it has to load anew. */
  readonly changed: readonly string[];
  /** See `Started`. */
  readonly outdated: Promise<readonly string[]> | undefined;
}

export class Ahead {
  /** Of one that is run ahead as far as it is to be. */
  status: { readonly memory: number; readonly before: string } | undefined;
  private readonly surroundings: StandbySurroundings;
  private readonly events: AheadEvents;
  private readonly hot = new HotFiles();
  /** What the last generation used of the app. */
  private own: readonly string[] = [];
  private process: StandbyProcess | undefined;
  /** Files of it that may change. */
  private forgettable: ReadonlySet<string> = new Set();
  /** The files before which the one stops that is there, or is being made. */
  private madeFor: readonly string[] = [];
  /** Of one that had nothing to run before them. */
  private useless: readonly string[] = [];

  constructor(surroundings: StandbySurroundings, events: AheadEvents) {
    this.surroundings = surroundings;
    this.events = events;
  }

  /** A generation serves, and has loaded this. */
  served(answer: LoadedAnswer): void {
    this.own = [...new Set([...answer.files, ...(answer.reads ?? []), ...answer.used.reads])];
    this.hot.served(answer.startedAt, this.own);
    this.madeFor = [];
  }

  /** One is run ahead as far as it is to be. */
  get waits(): boolean {
    return this.status !== undefined;
  }

  /** From now on. */
  working(work: Work): void {
    this.hot.work = work;
  }

  /** Unless there is one that stops where it should. */
  async prepare(order: StandbyOrder): Promise<void> {
    if (order.spec.runAhead === false || order.spec.debugged === true) return;
    const { needed, list: hot } = this.hot;
    const isDone = (by: readonly string[]): boolean =>
      by.length > 0 && needed.every((file) => by.includes(file) || this.forgettable.has(file));
    // To look at another file is no reason for another one.
    if (hot.length === 0 || isDone(this.madeFor) || isDone(this.useless)) return;
    this.drop();
    this.madeFor = hot;
    const whole = { ...order, own: this.own, hot };
    const started = await StandbyProcess.start(whole, this.surroundings, 'ahead').catch(() => undefined);
    if (started === undefined) return;
    if (this.madeFor !== hot || this.process !== undefined) {
      this.events.bury(started); // overtaken
      return;
    }
    this.process = started;
    started.onReport((report) => {
      if (this.process === started) this.reported(started, order, report);
    });
    void started.ended.then(() => {
      if (this.process === started) this.forget();
    });
  }

  /** For a swap to what these are now; none: to whatever is new. One that does not wait yet is of no use. */
  take(spec: ServerSpec, files: readonly string[]): TakenAhead | undefined {
    const { process } = this;
    const isGood =
      this.status !== undefined &&
      spec.runAhead !== false &&
      spec.debugged !== true && // it has run past breakpoints
      process?.misfit(spec, this.surroundings.listeners) === undefined;
    const difference = isGood ? process?.consumed.changes(files, this.forgettable) : undefined;
    this.hot.saved(files);
    this.madeFor = [];
    if (difference === undefined) this.drop();
    else this.forget();
    if (process === undefined || difference === undefined) return undefined;
    const { changed, later } = difference;
    return { process, changed, outdated: later?.() };
  }

  /** Drops one that is of no use to `spec` any more. */
  refit(spec: ServerSpec): void {
    if (this.process?.misfit(spec, this.surroundings.listeners) !== undefined) this.drop();
  }

  drop(): void {
    const { process } = this;
    this.forget();
    this.madeFor = [];
    if (process !== undefined) this.events.bury(process);
  }

  private reported(process: StandbyProcess, { planner }: StandbyOrder, report: StandbyReport): void {
    const { ahead, memory, modules } = report;
    const { clean } = planner.heard(report);
    const own = ahead?.read.filter((file) => isCode(file) && !isDependency(file)) ?? [];
    if (clean && own.length < fewest) this.useless = this.madeFor;
    const isGood = clean && own.length >= fewest;
    if (ahead === undefined || !isGood || process.consumed.used(ahead, process.since) !== undefined) {
      this.drop();
      return;
    }
    const { before, apart = 0, forgettable = [] } = ahead;
    this.forgettable = new Set(forgettable);
    this.status = { memory, before };
    const { pid, since } = process;
    this.events.happened({
      state: 'ahead',
      pid,
      warmMs: this.now - since,
      memory,
      modules: modules + apart,
      before,
    });
    this.events.changed();
  }

  private forget(): void {
    this.process = undefined;
    this.status = undefined;
    this.forgettable = new Set();
  }

  private get now(): number {
    return this.surroundings.env.clock.now();
  }
}
