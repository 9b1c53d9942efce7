/** Processes that are not needed, until nothing of them is left. */
import type { StandbyProcess } from './standby-process.ts';

export class Burials {
  private readonly dying = new Set<Promise<void>>();

  bury(process: StandbyProcess): void {
    const dying = process.kill().finally(() => this.dying.delete(dying));
    this.dying.add(dying);
  }

  /** Resolves when no process is left of those so far. */
  async over(): Promise<void> {
    await Promise.all(this.dying);
  }
}
