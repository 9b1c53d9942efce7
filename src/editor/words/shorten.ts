import { isAbsolute, relative } from 'node:path';

/** Relative to the folder, or as it is if it lies elsewhere. */
export function shorten(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) || path === '' ? file : path;
}
