/** Changes on disk near the loaded files, coalesced: a checkout that touches forty files is one call. */
import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Clock } from '../shared/clock.ts';

/** A burst is over when nothing changed for this long (ms). Editors write a file in more than one step. */
const quietMs = 10;

export class DiskWatcher {
  private readonly watcher: FSWatcher;
  private readonly folders = new Set<string>();
  private readonly clock: Clock;
  private readonly onChange: (files: readonly string[], time: number) => void;
  private pending = new Set<string>();
  private first = 0;
  private quiet: { cancel(): void } | undefined;

  /**
   * `matters`: asked for every file beside a loaded one; only those are watched.
   * `onChange`: with the time of the burst's first change, ms since the epoch.
   */
  constructor(
    clock: Clock,
    matters: (file: string) => boolean,
    onChange: (files: readonly string[], time: number) => void,
  ) {
    this.clock = clock;
    this.onChange = onChange;
    this.watcher = watch([], {
      ignoreInitial: true,
      depth: 0, // the folders of loaded files, never a tree: node_modules and build output cost nothing
      ignored: (file, stats) => stats?.isFile() === true && !matters(file),
    });
    this.watcher.on('all', (event, file) => {
      if (event === 'add' || event === 'change' || event === 'unlink') this.note(file);
    });
    this.watcher.on('error', () => undefined); // a folder that vanished is no longer watched
  }

  /** Watches the folders of these files, and no others. */
  update(files: Iterable<string>): void {
    const wanted = new Set<string>();
    for (const file of files) wanted.add(path.dirname(file));
    for (const folder of this.folders) {
      if (wanted.has(folder)) continue;
      this.watcher.unwatch(folder);
      this.folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.folders.has(folder)) continue;
      this.watcher.add(folder);
      this.folders.add(folder);
    }
  }

  async close(): Promise<void> {
    this.quiet?.cancel();
    await this.watcher.close();
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
