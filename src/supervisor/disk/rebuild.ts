/**
 * Folders that lost all their files: somebody builds what they hold anew (`rimraf dist && tsc`). What the server has
 * loaded of them is told when it is whole again, since nothing would start from half of it.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Nothing more comes if nothing has come for so long (ms), once something has. A slow tool writes one of its formats a
 * while after the other; without what is still missing, most servers would not start.
 */
const quietMs = 2500;
/** Then it has gone for good (ms). */
const goneMs = 60_000;

export class Rebuild {
  private readonly folders = new Set<string>();
  private readonly files = new Set<string>();
  private since = 0;
  /** When one of them was last seen to come back. */
  private last: number | undefined;

  /** It was gone, and is back, though not with all that was in it. */
  begins(folder: string, now: number): void {
    if (this.folders.size === 0) this.since = now;
    this.folders.add(folder);
  }

  /** False if the file is none of those that are waited for. */
  takes(file: string, now: number): boolean {
    const folder = path.dirname(file);
    const exists = existsSync(file);
    if (!this.folders.has(folder) && (exists || !isEmpty(folder))) return false;
    this.begins(folder, now);
    this.files.add(file);
    if (exists) this.last = now;
    return true;
  }

  get isWaiting(): boolean {
    return this.files.size > 0;
  }

  /** All of them, once they are whole or will not be. */
  done(now: number): string[] {
    const files = [...this.files];
    const isQuiet = this.last !== undefined && now - this.last >= quietMs;
    if (!isQuiet && now - this.since < goneMs && !files.every((file) => existsSync(file))) return [];
    this.files.clear();
    this.folders.clear();
    this.last = undefined;
    return files;
  }
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true; // it has gone, too
  }
}
