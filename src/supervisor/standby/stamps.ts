/** What of a path counts for who has used it, as a short text that is another once that has changed. */
import { readdirSync } from 'node:fs';
import { granularityMs, statOf } from '../../shared/stat.ts';

/** Its content; of a folder, what is in it; only whether and as what it is there. */
export type Use = 'read' | 'listed' | 'asked';

export function stampOf(place: string, use: Use): string {
  if (use === 'listed') return namesIn(place);
  const found = statOf(place);
  if (found === undefined) return '';
  // What is saved in it changes a folder, too.
  if (use === 'asked' && found.isDirectory()) return 'folder';
  // Package managers give new files old times of modification, but nobody can set the time of change.
  return `${String(found.ino)} ${String(found.size)} ${String(found.ctimeMs)}`;
}

/** It has not changed since then (ms since the epoch), as far as its times tell. What is not there has none. */
export function isAsBefore(place: string, use: Use, since: number): boolean {
  const found = statOf(place);
  if (found === undefined) return true;
  const isFolder = use === 'asked' && found.isDirectory();
  return (isFolder ? found.birthtimeMs : found.ctimeMs) < since - granularityMs;
}

function namesIn(folder: string): string {
  try {
    return readdirSync(folder).sort().join('/');
  } catch {
    return '';
  }
}
