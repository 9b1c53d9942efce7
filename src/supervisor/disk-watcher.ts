/** Changes on disk near the loaded files, coalesced: a checkout that touches forty files is one call. */
import type { Stats } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Clock } from '../shared/clock.ts';
import { isDependency } from '../runtimes/dependency.ts';

/** A burst is over when nothing changed for this long (ms). Editors write a file in more than one step. */
const quietMs = 10;

export class DiskWatcher {
  private readonly beside: FSWatcher;
  private readonly below: FSWatcher;
  private readonly folders = new Set<string>();
  private readonly clock: Clock;
  private readonly onChange: (files: readonly string[], time: number) => void;
  private pending = new Set<string>();
  private first = 0;
  private quiet: { cancel(): void } | undefined;

  /**
   * `trees`: folders that are watched with all below them.
   * `matters`: asked for every file beside a loaded one; only those are watched.
   * `onChange`: with the time of the burst's first change, ms since the epoch.
   */
  constructor(
    clock: Clock,
    trees: readonly string[],
    matters: (file: string) => boolean,
    onChange: (files: readonly string[], time: number) => void,
    onError: (error: unknown) => void,
  ) {
    this.clock = clock;
    this.onChange = onChange;
    const ignored = (file: string, stats?: Stats): boolean =>
      isDependency(`${file}${path.sep}`) || (stats?.isFile() === true && !matters(file));
    // The folders of loaded files, never a tree: node_modules and build output cost nothing.
    this.beside = watch([], { ignoreInitial: true, depth: 0, ignored });
    this.below = watch([...trees], { ignoreInitial: true, ignored });
    for (const watcher of [this.beside, this.below]) {
      watcher.on('all', (event, file) => {
        if (event === 'add' || event === 'change' || event === 'unlink') this.note(file);
      });
      watcher.on('error', onError);
    }
  }

  /** Watches the folders of these files, and no others. */
  update(files: Iterable<string>): void {
    const wanted = new Set<string>();
    for (const file of files) wanted.add(path.dirname(file));
    for (const folder of this.folders) {
      if (wanted.has(folder)) continue;
      this.beside.unwatch(folder);
      this.folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.folders.has(folder)) continue;
      this.beside.add(folder);
      this.folders.add(folder);
    }
  }

  async close(): Promise<void> {
    this.quiet?.cancel();
    await Promise.all([this.beside.close(), this.below.close()]);
  }

  private note(file: string): void {
    if (this.pending.size === 0) this.first = this.clock.now();
    this.pending.add(file);
    this.quiet?.cancel();
    this.quiet = this.clock.setTimeout(() => {
      const files = [...this.pending];
      this.pending = new Set();
      this.onChange(files, this.first);
    }, quietMs);
  }
}
