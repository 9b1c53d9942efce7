/** What a file is now: its content as a short text, when it was changed, where it really is. */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { statOf } from '../../shared/stat.ts';

export function isFile(file: string): boolean {
  return statOf(file)?.isFile() === true;
}

export function isFolder(file: string): boolean {
  return statOf(file)?.isDirectory() === true;
}

export function changedAt(found: Stats): number {
  return Math.max(found.mtimeMs, found.ctimeMs);
}

export async function hashOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content === undefined ? undefined : hashText(content);
}

export function contentHash(file: string): string | undefined {
  try {
    return hashText(readFileSync(file));
  } catch {
    return undefined;
  }
}

export function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file; // not there any more
  }
}

function hashText(content: Buffer): string {
  return createHash('sha1').update(content).digest('base64');
}

/** It was written before then (ms since the epoch). */
export function isOlder(file: string, time: number): boolean {
  const found = statOf(file);
  return found !== undefined && changedAt(found) < time;
}

/** It is there, and was written after then (ms since the epoch). */
export function isNewer(file: string, time: number): boolean {
  const found = statOf(file);
  return found !== undefined && changedAt(found) > time;
}

/** Those that have been written since they were read, by that map (ms since the epoch). */
export function writtenSince(files: Iterable<string>, readBy: ReadonlyMap<string, number>): string[] {
  return [...files].filter((file) => isNewer(file, readBy.get(file) ?? Infinity));
}
