/**
 * Changes of the files in one folder, as the system tells them: one watch, however many files there are. Where the
 * folder goes, or another takes its place, it watches for it to come back.
 */
import { existsSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import path from 'node:path';

export interface FolderEvents {
  /** A file in it was written, made, removed or renamed; the path may be of a folder, too. */
  changed(file: string): void;
  /** It is another folder than before, and anything in it may have changed. */
  replaced(): void;
  failed(error: unknown): void;
}

export class FolderWatch {
  private readonly folder: string;
  private readonly events: FolderEvents;
  private watcher: FSWatcher | undefined;
  /** The folder itself or, as long as it is gone, the nearest one above it. */
  private at = '';

  constructor(folder: string, events: FolderEvents) {
    this.folder = folder;
    this.events = events;
    this.begin();
  }

  close(): void {
    this.watcher?.close();
  }

  private begin(): void {
    do {
      this.watcher?.close();
      this.at = nearest(this.folder);
      try {
        this.watcher = watch(this.at, { persistent: false }, (event, name) => this.seen(event, name));
        this.watcher.on('error', (error) => this.events.failed(error));
      } catch (error) {
        if (existsSync(this.at)) {
          this.events.failed(error);
          return;
        }
      }
      // What comes or goes before the watch begins is told by nobody.
    } while (nearest(this.folder) !== this.at);
  }

  private seen(event: string, name: string | null): void {
    // The end of what is watched is told as if it were a file in it.
    const ended = event === 'rename' && name === path.basename(this.at);
    if (ended || nearest(this.folder) !== this.at) {
      this.begin();
      if (this.at === this.folder) this.events.replaced();
    } else if (this.at === this.folder) {
      if (name === null) this.events.replaced();
      else this.events.changed(path.join(this.folder, name));
    }
  }
}

function nearest(folder: string): string {
  return existsSync(folder) || path.dirname(folder) === folder ? folder : nearest(path.dirname(folder));
}
