/** Files below a folder that a runtime may have loaded without saying so. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as runtimes from '../../runtimes/registry.ts';

/** More files are not looked at: what they are then is not known. */
const most = 2000;
/** As many as are read in no time. */
const few = 500;

/** Whether one of them changed since `time`, ms since the epoch; true also if there are too many to tell. */
export async function mayHaveChanged(folder: string, time: number): Promise<boolean> {
  const sees = ({ name }: Dirent, place: string): boolean =>
    !name.startsWith('.') && !runtimes.isDependency(path.join(place, path.sep));
  let left = most;
  for await (const place of filesBelow(folder, sees)) {
    if (!runtimes.mayGoUnreported(place)) continue;
    if ((left -= 1) < 0) return true;
    if (((await stat(place).catch(() => undefined))?.mtimeMs ?? 0) >= time) return true;
  }
  return false;
}

/** The first of them whose names match, the nearest first. */
export async function below(folder: string, matches: (name: string) => boolean): Promise<string[]> {
  const sees = (entry: Dirent): boolean =>
    !entry.isDirectory() || (!entry.name.startsWith('.') && entry.name !== 'node_modules');
  const found: string[] = [];
  for await (const place of filesBelow(folder, sees)) {
    if (matches(path.basename(place))) found.push(place);
    if (found.length >= few) break;
  }
  return found;
}

/** The nearest first. `sees`: of a folder, whether it is entered. */
async function* filesBelow(
  folder: string,
  sees: (entry: Dirent, place: string) => boolean,
): AsyncGenerator<string> {
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const place = path.join(next, entry.name);
      if (!sees(entry, place)) continue;
      if (entry.isDirectory()) folders.push(place);
      else yield place;
    }
  }
}
