/** What steps write, found out by looking: it is never what they read. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDependency } from '../../runtimes/registry.ts';
import { statOf } from '../../shared/stat.ts';

/** Written by hand, or by a generator whose every file is known by its time. */
const source = /(?<!\.d)\.[cm]?tsx?$/;

/** File → when it was written (ms since the epoch). */
type Seen = ReadonlyMap<string, number>;

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

  /** What is below `root` before a step runs, to be told from what it writes. */
  async before(root: string): Promise<Seen> {
    const seen = new Map<string, number>();
    for await (const { files } of foldersBelow(root)) for (const [file, time] of files) seen.set(file, time);
    return seen;
  }

  /** A step has run in `root`, and this was there before it. */
  async learn(root: string, before: Seen): Promise<void> {
    for await (const { folder, files } of foldersBelow(root)) {
      let all = files.size > 0;
      for (const [file, time] of files) {
        const isWritten = before.get(file) !== time;
        if (isWritten && !this.others.has(file)) this.files.set(file, time);
        else if (!this.files.has(file)) this.others.add(file);
        all &&= isWritten && !source.test(file);
      }
      // A save while a step runs must not make an output of what it is in.
      if (!this.folders.has(folder)) this.folders.set(folder, all);
    }
  }
}

interface Folder {
  readonly folder: string;
  /** With when they were written. */
  readonly files: Seen;
}

async function* foldersBelow(folder: string): AsyncGenerator<Folder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
  const times = await Promise.all(
    names.map(async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0),
  );
  yield { folder, files: new Map(names.map((file, index) => [file, times[index] ?? 0])) };
  for (const entry of entries) {
    const next = path.join(folder, entry.name);
    if (!entry.isDirectory() || entry.name.startsWith('.') || isDependency(`${next}${path.sep}`)) continue;
    yield* foldersBelow(next);
  }
}
