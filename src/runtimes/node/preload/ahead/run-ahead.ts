/**
 * Runs the app ahead: for real, in its own order, by Node itself. It is held before the first of the files that are
 * being worked on is read, and before anything is done that others could see or that does not bear waiting: a handle is
 * opened, a file written, a process started, the time kept. The process then blocks where it is, no turn of the event
 * loop happens, and what comes next comes after the release.
 */
import type { RanAhead } from '../../../protocol/messages.ts';
import { isLoaded } from '../engine/bindings.ts';
import { mainModule } from '../engine/internals.ts';
import type { UsedFiles } from '../modules/used-files.ts';
import { watchClocks } from './clocks.ts';
import { unknownAddon, watchHandles } from './handles.ts';
import { UsedSoFar } from './used-so-far.ts';

export interface RunAheadPlan {
  /** Files (absolute paths). */
  readonly stops: readonly string[];
  /** Now and then, while the app runs. */
  readonly tick: () => void;
}

export class RunAhead {
  private readonly files: UsedSoFar;
  private readonly tick: () => void;
  private readonly wait: (ran: RanAhead) => void;
  private readonly undo: (() => void)[] = [];
  private isOver = false;
  private awaitsEnd = false;

  /** `wait` is called once, where the app is to wait, and blocks. */
  constructor({ stops, tick }: RunAheadPlan, used: UsedFiles, wait: (ran: RanAhead) => void) {
    this.tick = tick;
    this.wait = wait;
    const stop = (before: string): void => this.stop(before);
    this.files = new UsedSoFar(used, stops, stop, () => this.reads());
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
    this.tick();
    if (this.awaitsEnd || mainModule() === undefined) return;
    this.awaitsEnd = true;
    process.nextTick(() => this.stop('has done all that it does at once'));
  }

  private stop(before: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.files.end();
    for (const undo of this.undo.reverse()) undo();
    const { read, listed, asked } = this.files;
    this.wait({ read: [...read], listed: [...listed], asked: [...asked], before });
  }
}
