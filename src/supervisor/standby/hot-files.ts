/** The files that are being worked on, by what was saved. */
import { realpathSync } from 'node:fs';
import { granularityMs, statOf } from '../../shared/stat.ts';

/** More are not worked on at a time. */
const most = 10;

export class HotFiles {
  /** The latest first. */
  list: readonly string[] = [];
  /** When the last generation started (ms since the epoch), if nobody has said what is new in the next one. */
  private unsaidSince: number | undefined;
  private startedAt = Infinity;

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
    if (since !== undefined) this.add(used.filter((file) => isNewerThan(file, since)));
  }

  private add(files: readonly string[]): void {
    if (files.length === 0) return;
    // What git or a generator has written is nobody's work.
    if (files.length > 2 * most) return;
    this.list = [...new Set([...files, ...this.list])].slice(0, most);
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
