/**
 * Sees changes on disk: those that the system tells of, and where it does not (file systems of a network or of a
 * container's host, too many watches) those that it finds by looking.
 */
import type { Stats } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Clock } from '../../shared/clock.ts';
import { count } from '../../shared/words/format.ts';
import { isDependency } from '../../runtimes/registry.ts';
import { FolderWatch } from './folder-watch.ts';
import { readMountInfo, sharedFileSystem } from './mounts.ts';
import { Poller } from './poller.ts';
import type { Cost } from './poller.ts';
import { Silence } from './silence.ts';

/** Between looks at what lies below the folders that a user named (ms). */
const treesEveryMs = 500;

export interface SightEvents {
  /** Whether a file in a folder that is watched is worth to be told of. */
  matters(file: string): boolean;
  changed(file: string): void;
  /** This folder was gone, or is another one. */
  replaced(folder: string): void;
  /** How it sees what nobody tells, and what that costs. */
  notice(message: string): void;
}

export class Sight {
  private readonly beside = new Map<string, FolderWatch>();
  private readonly trees: readonly string[];
  private below: FSWatcher | undefined;
  private readonly events: SightEvents;
  private readonly poller: Poller;
  private readonly silence: Silence;
  /** The first reason not to rely on being told. */
  private why = '';

  /** `trees`: folders that are watched with all below them. */
  constructor(clock: Clock, trees: readonly string[], events: SightEvents) {
    this.trees = trees;
    this.events = events;
    this.poller = new Poller(
      clock,
      (file) => events.matters(file),
      (file) => events.changed(file),
      (cost) => events.notice(`${this.why}: ${costText(cost)}`),
    );
    this.silence = new Silence(clock, (folders, files) => this.found(folders, files));
    this.watchTrees(trees.some((tree) => sharedFileSystem(tree) !== undefined));
  }

  /** Watches the folders of these files, never a tree: node_modules and build output cost nothing. */
  update(files: readonly string[], folders: Iterable<string> = []): void {
    const wanted = new Set([...files.map((file) => path.dirname(file)), ...folders]);
    for (const [folder, watching] of this.beside) {
      if (wanted.has(folder)) continue;
      watching.close();
      this.poller.remove(folder);
      this.beside.delete(folder);
    }
    const added = [...wanted].filter((folder) => !this.beside.has(folder));
    const mountInfo = added.length === 0 ? '' : readMountInfo();
    for (const folder of added) {
      const type = sharedFileSystem(folder, mountInfo);
      if (type !== undefined)
        this.poll([folder], `the file system of ${folder} (${type}) does not tell of all changes`);
      this.beside.set(folder, this.watch(folder));
    }
    this.silence.update(files, this.beside.keys());
  }

  async close(): Promise<void> {
    for (const watching of this.beside.values()) watching.close();
    this.beside.clear();
    this.poller.close();
    this.silence.close();
    await this.below?.close();
  }

  private watch(folder: string): FolderWatch {
    return new FolderWatch(folder, {
      changed: (file) => {
        this.silence.told(file);
        if (this.events.matters(file)) this.events.changed(file);
      },
      replaced: () => this.events.replaced(folder),
      failed: (error) => this.poll([folder], `changes can't be watched (${(error as Error).message})`),
    });
  }

  /** Nothing told that these files changed. */
  private found(folders: readonly string[], files: readonly string[]): void {
    this.poll(folders, `nothing tells of changes in ${files[0] === undefined ? '' : path.dirname(files[0])}`);
    this.watchTrees(true);
    for (const file of files) this.events.changed(file);
  }

  private poll(folders: readonly string[], why: string): void {
    if (this.why === '') this.why = why;
    for (const folder of folders) this.poller.add(folder);
  }

  private watchTrees(polling: boolean): void {
    if (this.trees.length === 0) return;
    const ignored = (file: string, stats?: Stats): boolean =>
      isDependency(`${file}${path.sep}`) || (stats?.isFile() === true && !this.events.matters(file));
    void this.below?.close();
    const below = watch([...this.trees], {
      ignoreInitial: true,
      ignored,
      usePolling: polling,
      interval: treesEveryMs,
    });
    this.below = below;
    below.on('all', (event, file) => {
      if (event === 'add' || event === 'change' || event === 'unlink') this.events.changed(file);
    });
    below.on('error', (error) => {
      if (polling || this.below !== below) return;
      this.events.notice(
        `changes can't be watched (${(error as Error).message}): what the setting "watch" names is looked at every ${String(treesEveryMs / 1000)} s`,
      );
      this.watchTrees(true);
    });
  }
}

function costText({ files, everyMs, share }: Cost): string {
  const percent = (100 * share).toFixed(share < 0.01 ? 1 : 0);
  return `what is loaded is looked at, ${count(files, 'file')} every ${(everyMs / 1000).toFixed(1)} s, for ${percent} % of a processor`;
}
