/** The files that are being worked on, by what was saved, and by what editors say. */
import { realpathSync } from 'node:fs';
import { granularityMs, statOf } from '../../shared/stat.ts';

/** More are not worked on at a time. */
const most = 10;

/** What users of editors have under their hands; by their real paths. */
export interface Work {
  /** With unsaved changes, the latest first. */
  readonly changed: readonly string[];
  /** In view, the one in front first. */
  readonly open: readonly string[];
}

export class HotFiles {
  /** Of those that the server uses. */
  work: Work = { changed: [], open: [] };
  /** The latest first. */
  private latest: readonly string[] = [];
  private used: ReadonlySet<string> = new Set();
  /** When the last generation started (ms since the epoch), if nobody has said what is new in the next one. */
  private unsaidSince: number | undefined;
  private startedAt = Infinity;

  /** Those that are sure to be worked on. */
  get needed(): readonly string[] {
    return this.some([...this.work.changed.filter((file) => this.used.has(file)), ...this.latest]);
  }

  /** And those that may be: the likeliest to be saved first. */
  get list(): readonly string[] {
    const { changed, open } = this.work;
    const unsaved = changed.filter((file) => this.used.has(file));
    return this.some([...unsaved, ...this.latest, ...open.filter((file) => this.used.has(file))]);
  }

  /** A swap begins to what these are now; none: nobody has said what is new. */
  saved(files: readonly string[]): void {
    this.unsaidSince = files.length === 0 ? this.startedAt : undefined;
    this.add(files.flatMap((file) => [...new Set([realPathOf(file), file])]));
  }

  /** A generation serves that started then and has used these. */
  served(startedAt: number, used: readonly string[]): void {
    const since = this.unsaidSince;
    this.unsaidSince = undefined;
    this.startedAt = startedAt;
    this.used = new Set(used);
    if (since !== undefined) this.add(used.filter((file) => isNewerThan(file, since)));
  }

  private add(files: readonly string[]): void {
    if (files.length === 0) return;
    // What git or a generator has written is nobody's work.
    if (files.length > 2 * most) return;
    this.latest = this.some([...files, ...this.latest]);
  }

  private some(files: readonly string[]): readonly string[] {
    return [...new Set(files)].slice(0, most);
  }
}

function isNewerThan(file: string, time: number): boolean {
  const found = statOf(file);
  return found !== undefined && found.ctimeMs >= time - granularityMs;
}

function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
