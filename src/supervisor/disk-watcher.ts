/** Changes on disk near the loaded files, coalesced: a checkout that touches forty files is one call. */
import type { Stats } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Clock } from '../shared/clock.ts';
import { isDependency } from '../runtimes/dependency.ts';

/**
 * A burst is over when nothing changed for this long (ms). One file with something in it is written, as a rule;
 * an empty or missing one is half of a save; many are a checkout.
 */
const quietMs = { one: 4, unfinished: 10, many: 20 } as const;

export class DiskWatcher {
  private readonly beside: FSWatcher;
  private readonly below: FSWatcher;
  private readonly folders = new Set<string>();
  private readonly clock: Clock;
  private readonly onFirst: () => void;
  private readonly onChange: (files: readonly string[], time: number) => void;
  private pending = new Set<string>();
  private first = 0;
  private quiet: { cancel(): void } | undefined;

  /**
   * `trees`: folders that are watched with all below them.
   * `matters`: asked for every file beside a loaded one; only those are watched.
   * `onFirst`: at the first sign of a burst.
   * `onChange`: with the time of the burst's first change, ms since the epoch.
   */
  constructor(
    clock: Clock,
    trees: readonly string[],
    matters: (file: string) => boolean,
    onFirst: () => void,
    onChange: (files: readonly string[], time: number) => void,
    onError: (error: unknown) => void,
  ) {
    this.clock = clock;
    this.onFirst = onFirst;
    this.onChange = onChange;
    const ignored = (file: string, stats?: Stats): boolean =>
      isDependency(`${file}${path.sep}`) || (stats?.isFile() === true && !matters(file));
    // The folders of loaded files, never a tree: node_modules and build output cost nothing.
    this.beside = watch([], { ignoreInitial: true, depth: 0, ignored });
    this.below = watch([...trees], { ignoreInitial: true, ignored });
    for (const watcher of [this.beside, this.below]) {
      watcher.on('all', (event, file, stats) => {
        if (event === 'add' || event === 'change' || event === 'unlink') this.note(file, stats?.size ?? 0);
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

  private note(file: string, size: number): void {
    const isFirst = this.pending.size === 0;
    if (isFirst) this.first = this.clock.now();
    this.pending.add(file);
    this.quiet?.cancel();
    const ms = this.pending.size > 1 ? quietMs.many : size === 0 ? quietMs.unfinished : quietMs.one;
    this.quiet = this.clock.setTimeout(() => {
      const files = [...this.pending];
      this.pending = new Set();
      this.onChange(files, this.first);
    }, ms);
    if (isFirst) this.onFirst(); // in the time that is waited anyway
  }
}
