/**
 * Names that were looked for and are not there. An app looks for one or two before each module that it finds, and all of a
 * folder's are looked at together: while nothing comes into a folder, none of them does.
 */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { statOf } from '../../shared/stat.ts';

/** Of a folder that has changed so shortly (ms) before it was looked at, a file system may not tell the next change: FAT counts in two seconds. */
const coarsestMs = 3000;

interface Folder {
  readonly stamp: string;
  readonly isSettled: boolean;
  readonly names: string[];
}

export class MissingNames {
  private readonly folders = new Map<string, Folder>();
  private readonly names = new Set<string>();

  /** Before it is found out which of these are missing. `now`: ms since the epoch. */
  begin(places: Iterable<string>, now = Date.now()): void {
    for (const place of places) {
      const folder = path.dirname(place);
      if (!this.folders.has(folder)) this.folders.set(folder, { ...stateOf(folder, now), names: [] });
    }
  }

  /** One of those. */
  add(place: string): void {
    const folder = this.folders.get(path.dirname(place));
    if (folder === undefined || isThere(place)) return;
    folder.names.push(place);
    this.names.add(place);
  }

  has(place: string): boolean {
    return this.names.has(place);
  }

  /** Those that are there now. */
  found(): string[] {
    const now = Date.now();
    return [...this.folders].flatMap(([folder, { stamp, isSettled, names }]) => {
      const isSame = names.length === 0 || (isSettled && stateOf(folder, now).stamp === stamp);
      return isSame ? [] : names.filter((name) => statOf(name) !== undefined);
    });
  }
}

/** A link that leads nowhere, say: something may come to be where it leads. */
function isThere(place: string): boolean {
  try {
    return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function stateOf(folder: string, now: number): Omit<Folder, 'names'> {
  const found = statOf(folder);
  if (found === undefined) return { stamp: '', isSettled: true };
  const { dev, ino, mtimeMs, ctimeMs } = found;
  const isSettled = Math.max(mtimeMs, ctimeMs) < now - coarsestMs;
  return { stamp: [dev, ino, mtimeMs, ctimeMs].join(' '), isSettled };
}
