/**
 * Runs the app ahead: for real, in its own order, by Node itself. It is held before the first of the files that are
 * being worked on is read, and before anything is done that others could see or that does not bear waiting: a handle is
 * opened, a file written, a process started, the time kept. The process then blocks where it is, no turn of the event
 * loop happens, and what comes next comes after the release.
 */
import type { RanAhead, StandbyRelease } from '../../../protocol/standby.ts';
import type { LoadedModule } from '../../own-words.ts';
import { bindingOf, isLoaded } from '../engine/bindings.ts';
import { mainModule } from '../engine/internals.ts';
import { loadBeside } from '../engine/load-beside.ts';
import type { UsedFiles } from '../modules/used-files.ts';
import { watchClocks } from './clocks.ts';
import type { Rest } from '../rest/rest.ts';
import { before as beforeCalls, unknownAddon, watchHandles } from './handles.ts';
import { UsedSoFar } from './used-so-far.ts';

export interface RunAheadPlan {
  /** Files (absolute paths). */
  readonly stops: readonly string[];
  /** All that the app loads, by the last generation's account. */
  readonly graph: readonly LoadedModule[];
  /** See `StandbyPlan`. */
  readonly apartFirst: boolean;
  /** Now and then, while the app runs. */
  readonly tick: () => void;
}

export class RunAhead {
  private readonly files: UsedSoFar;
  private readonly plan: RunAheadPlan;
  private readonly wait: (ran: RanAhead) => StandbyRelease;
  private readonly undo: (() => void)[] = [];
  private isOver = false;
  private awaitsEnd = false;
  /** Its main module has come to its end. */
  private isDone = false;

  /** `wait` is called once, where the app is to wait, and blocks. */
  constructor(plan: RunAheadPlan, used: UsedFiles, wait: (ran: RanAhead) => StandbyRelease) {
    this.plan = plan;
    this.wait = wait;
    const stop = (before: string): void => this.stop(before);
    this.files = new UsedSoFar(used, plan.stops, stop, () => this.reads());
  }

  /** From here on it is the app that runs. */
  begin(): void {
    const addon = isLoaded('sqlite') ? 'node:sqlite' : unknownAddon();
    if (addon !== undefined) {
      this.stop(`has ${addon}, of which nobody sees what it opens`);
      return;
    }
    this.files.begin();
    this.watch();
  }

  private watch(): void {
    const stop = (before: string): void => this.stop(before);
    this.undo.push(
      watchHandles(stop),
      watchClocks(stop, (file) => this.files.textOf(file)),
    );
  }

  /** The end of the main module is not told, but whatever it puts off comes after what was put off when it began. */
  private reads(): void {
    this.plan.tick();
    if (this.isOver || this.awaitsEnd || mainModule() === undefined) return;
    this.awaitsEnd = true;
    process.nextTick(() => {
      this.isDone = true;
      this.stop('has done all that it does at once');
    });
    if (this.plan.apartFirst) this.loadAll();
  }

  /** Nothing of it has run so far. Where nearly all of its modules can be loaded apart, each of them may still change. */
  private loadAll(): void {
    const { graph, stops, tick } = this.plan;
    this.isOver = true; // what is met now is not the app's
    this.unwatch();
    const own = graph.flatMap(({ own, id }) => (own ? [id] : []));
    const main = graph.find(({ isMain }) => isMain === true)?.id ?? '';
    const untouched = new Set([...this.files.untouched(own), main]);
    const isLoaded = this.files.attempt(() => {
      const rest = attempt(({ loadAll }) => loadAll(graph, stops, tick));
      if (rest !== undefined) this.waitWith(rest, `reads ${main}`, untouched);
      return rest !== undefined;
    });
    if (isLoaded) return;
    this.isOver = false;
    this.watch();
  }

  private stop(before: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.unwatch();
    const { graph, stops, tick } = this.plan;
    const untouched = new Set(this.files.untouched(graph.map(({ id }) => id)));
    // While it waits: what can be evaluated apart of all that the app has yet to load.
    const isEarly = !this.isDone && mainModule() !== undefined;
    const rest = isEarly ? attempt(({ loadRest }) => loadRest(graph, stops, tick)) : undefined;
    this.waitWith(rest, before, untouched);
  }

  /** `untouched`: files that the app has not asked for. */
  private waitWith(rest: Rest | undefined, before: string, untouched: ReadonlySet<string>): void {
    this.files.end();
    const { read, listed, asked } = this.files;
    const { changed = [] } = this.wait({
      ...{ read: [...read], listed: [...listed], asked: [...asked], before },
      apart: rest?.size ?? 0,
      forgettable: rest?.forgettable.filter((file) => untouched.has(file)),
    });
    rest?.forget(changed);
    // Files that others have changed are looked at by who releases it; the next that it does may be to write one.
    if (rest !== undefined && rest.size > 0) this.offer(rest, !before.startsWith('reads '));
  }

  private unwatch(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
  }

  /** Until the app has done all that it does at once, or may have changed a file. */
  private offer(rest: Rest, mayBeWritten: boolean): void {
    const undo = [
      this.files.watchWrites(() => end()),
      beforeCalls(bindingOf('spawn_sync') ?? {}, 'spawn', () => end()),
    ];
    const end = (): void => {
      for (const one of undo.splice(0)) one();
      rest.end();
    };
    rest.begin(mayBeWritten);
    process.nextTick(end);
  }
}

/** What fails is loaded as ever. */
function attempt(load: (rest: typeof import('../rest/rest.ts')) => Rest | undefined): Rest | undefined {
  try {
    return load(loadBeside('rest.js') as typeof import('../rest/rest.ts'));
  } catch {
    return undefined;
  }
}
