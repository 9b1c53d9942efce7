/** What is at a path, or undefined: whoever looks for a file below what is a file itself is told ENOTDIR, not ENOENT. */
import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';

export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
