/** Makes one swap of what was saved together. */
import type { Clock } from '../../shared/clock.ts';
import type { Disposable } from '../../shared/disposable.ts';

/** A Save All writes its files within this time of each other (ms); on two busy cores it took more than seventy. */
export const quietMs = 150;

/** Collects saved files until no more are expected, or none came for a while. */
export class Coalescer implements Disposable {
  private readonly files = new Set<string>();
  private since = 0;
  private timer: { cancel(): void } | undefined;
  private holds = 0;

  /** @param flush gets the files and the time of the first one's save */
  constructor(
    private readonly clock: Clock,
    private readonly flush: (files: readonly string[], time: number) => void,
  ) {}

  /** True while a command saves files. */
  get holding(): boolean {
    return this.holds > 0;
  }

  /** @param more whether other files may be about to be saved */
  add(file: string, more: boolean): void {
    if (this.files.size === 0) this.since = this.clock.now();
    this.files.add(file);
    this.cancel();
    if (this.holds > 0) return;
    if (more) this.timer = this.clock.setTimeout(() => this.send(), quietMs);
    else this.send();
  }

  /**
   * Keeps back what is saved while `work` runs and returns it: a command that saves files first swaps once,
   * by itself. Files that waited already go the same way.
   */
  async during(work: () => PromiseLike<unknown>): Promise<readonly string[]> {
    this.holds++;
    this.cancel();
    let done = false;
    try {
      await work();
      done = true;
    } finally {
      this.holds--;
      // Nobody will swap for them if the command fails.
      if (!done && this.holds === 0) this.send();
    }
    const files = [...this.files];
    if (this.holds === 0) this.files.clear();
    return files;
  }

  dispose(): void {
    this.cancel();
    this.files.clear();
  }

  private send(): void {
    this.cancel();
    const files = [...this.files];
    this.files.clear();
    if (files.length > 0) this.flush(files, this.since);
  }

  private cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
