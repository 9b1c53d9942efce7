/** Files below a folder that a runtime may have loaded without saying so. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as runtimes from '../../runtimes/registry.ts';

/** More files are not looked at: what they are then is not known. */
const most = 2000;
/** As many as are read in no time. */
const few = 500;

/** Whether one of them changed since `time`, ms since the epoch; true also if there are too many to tell. */
export async function mayHaveChanged(folder: string, time: number): Promise<boolean> {
  let left = most;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const place = path.join(next, entry.name);
      const isForeign = entry.name.startsWith('.') || runtimes.isDependency(path.join(place, path.sep));
      if (isForeign) continue;
      if (entry.isDirectory()) folders.push(place);
      else if (!runtimes.mayGoUnreported(place)) continue;
      else if ((left -= 1) < 0) return true;
      else if (((await stat(place).catch(() => undefined))?.mtimeMs ?? 0) >= time) return true;
    }
  }
  return false;
}

/** The first of them whose names match, the nearest first. */
export async function below(folder: string, matches: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && found.length < few; next = folders.shift()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const place = path.join(next, entry.name);
      if (!entry.isDirectory() && matches(entry.name)) found.push(place);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        folders.push(place);
    }
  }
  return found.slice(0, few);
}
