/** What steps write, found out by looking: it is never what they read. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDependency } from '../../runtimes/registry.ts';
import { granularityMs, statOf } from '../../shared/stat.ts';

/** Written by hand, or by a generator whose every file is known by its time. */
const source = /(?<!\.d)\.[cm]?tsx?$/;

export class Outputs {
  /** All that is in them is written; false: they were there, and it is not. */
  private readonly folders = new Map<string, boolean>();
  /** When they were written: later it may be a save. */
  private readonly files = new Map<string, number>();
  /** What was there and was left alone by the first run: if it is new after a later one, somebody saved it. */
  private readonly others = new Set<string>();

  has(file: string): boolean {
    if (this.folders.get(path.dirname(file)) === true) return true;
    const written = this.files.get(file);
    return written !== undefined && statOf(file)?.mtimeMs === written;
  }

  /** A step has run in `root` since then (ms since the epoch). */
  async learn(root: string, since: number): Promise<void> {
    await this.look(root, since - granularityMs);
  }

  private async look(folder: string, since: number): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
    const times = await Promise.all(
      files.map(async (file) => (await stat(file).catch(() => undefined))?.mtimeMs),
    );
    let all = files.length > 0;
    for (const [index, file] of files.entries()) {
      const time = times[index] ?? 0;
      if (time < since) this.others.add(file);
      else if (!this.others.has(file)) this.files.set(file, time);
      all &&= time >= since && !source.test(file);
    }
    // A save while a step runs must not make an output of what it is in.
    if (!this.folders.has(folder)) this.folders.set(folder, all);
    const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    await Promise.all(
      below.map(async ({ name }) => {
        const next = path.join(folder, name);
        if (!isDependency(`${next}${path.sep}`)) await this.look(next, since);
      }),
    );
  }
}
