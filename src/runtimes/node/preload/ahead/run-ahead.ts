/**
 * Runs the app ahead: for real, in its own order, by Node itself. It is held before the first of the files that are
 * being worked on is read, and before anything is done that others could see or that does not bear waiting: a handle is
 * opened, a file written, a process started, the time kept. The process then blocks where it is, no turn of the event
 * loop happens, and what comes next comes after the release.
 */
import type { RanAhead } from '../../../protocol/standby.ts';
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
  /** Now and then, while the app runs. */
  readonly tick: () => void;
}

export class RunAhead {
  private readonly files: UsedSoFar;
  private readonly plan: RunAheadPlan;
  private readonly wait: (ran: RanAhead) => void;
  private readonly undo: (() => void)[] = [];
  private isOver = false;
  private awaitsEnd = false;
  /** Its main module has come to its end. */
  private isDone = false;

  /** `wait` is called once, where the app is to wait, and blocks. */
  constructor(plan: RunAheadPlan, used: UsedFiles, wait: (ran: RanAhead) => void) {
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
    const stop = (before: string): void => this.stop(before);
    this.files.begin();
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
  }

  private stop(before: string): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const undo of this.undo.reverse()) undo();
    const rest = this.loadRest();
    this.files.end();
    const { read, listed, asked } = this.files;
    this.wait({ read: [...read], listed: [...listed], asked: [...asked], before, apart: rest?.size ?? 0 });
    if (rest !== undefined && rest.size > 0) this.offer(rest);
  }

  /** While it waits: what can be evaluated apart of all that the app has yet to load. */
  private loadRest(): Rest | undefined {
    if (this.isDone || mainModule() === undefined) return undefined;
    const { graph, stops, tick } = this.plan;
    try {
      const { loadRest } = loadBeside('rest.js') as typeof import('../rest/rest.ts');
      return loadRest(graph, stops, tick);
    } catch {
      return undefined; // then it is loaded as ever
    }
  }

  /** Until the app has done all that it does at once, or may have changed a file. */
  private offer(rest: Rest): void {
    const undo = [
      this.files.watchWrites(() => end()),
      beforeCalls(bindingOf('spawn_sync') ?? {}, 'spawn', () => end()),
    ];
    const end = (): void => {
      for (const one of undo.splice(0)) one();
      rest.end();
    };
    rest.begin();
    process.nextTick(end);
  }
}
