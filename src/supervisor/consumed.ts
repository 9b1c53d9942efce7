/** What a standby has read already: were it to change, the standby would not be what a cold start is. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** Files looked at before others get their turn. */
const slice = 200;

/** Beside the server, and above it: what decides which dependencies there are, and how they are loaded. */
const names = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  '.npmrc',
  '.pnp.cjs',
  'tsconfig.json',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
];
/** Beside the server only. */
const environment = ['.env', '.env.local', '.env.development', '.env.development.local'];

export class Consumed {
  private readonly stamps = new Map<string, string>();

  private constructor(private readonly files: readonly string[]) {}

  /** As the files are now, before anybody reads them. */
  static async of(files: readonly string[]): Promise<Consumed> {
    const consumed = new Consumed([...new Set(files)]);
    for (const [index, file] of consumed.files.entries()) {
      consumed.stamps.set(file, stampOf(file));
      if (index % slice === slice - 1) await setImmediate();
    }
    return consumed;
  }

  /** The first file that is not as it was; a thousand files take about three milliseconds. */
  changed(): string | undefined {
    return this.files.find((file) => this.isChanged(file));
  }

  /** The same in slices, for when others may get their turn meanwhile. */
  async changedInSlices(): Promise<string | undefined> {
    for (const [index, file] of this.files.entries()) {
      if (this.isChanged(file)) return file;
      if (index % slice === slice - 1) await setImmediate();
    }
    return undefined;
  }

  private isChanged(file: string): boolean {
    return this.stamps.get(file) !== stampOf(file);
  }
}

/** Files that count for a server in `cwd` whatever it loads; most of them do not exist. */
export function configurationOf(cwd: string): string[] {
  const files = environment.map((name) => path.join(cwd, name));
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    for (const name of names) files.push(path.join(folder, name));
    if (folder === path.dirname(folder)) return files;
  }
}

function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  // Package managers give new files old times of modification, but nobody can set the time of change.
  return found === undefined ? '' : `${String(found.ino)} ${String(found.size)} ${String(found.ctimeMs)}`;
}
