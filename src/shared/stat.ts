/** What is at a path, or undefined: whoever looks for a file below what is a file itself is told ENOTDIR, not ENOENT. */
import { readdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** File systems stamp a change with a clock that may be this much behind (ms). */
export const granularityMs = 20;

export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Another text once it has another content, as far as a file system tells. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

/** Paths of what is in a folder; none if it is not there. */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
