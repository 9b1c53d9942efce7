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

  /** As the files are now, before anybody reads them. */
  static async of(files: readonly string[]): Promise<Consumed> {
    const consumed = new Consumed();
    for (const [index, file] of [...new Set(files)].entries()) {
      consumed.stamps.set(file, stampOf(file));
      if (index % slice === slice - 1) await setImmediate();
    }
    return consumed;
  }

  /** Whether they are still as they were. A thousand files take about three milliseconds. */
  look(): Look {
    return new Look(this.stamps);
  }
}

/** At each of the files once. It can be begun when there is time, and ended when there is none. */
export class Look {
  private readonly rest: Iterator<[string, string]>;
  private found: string | undefined;
  private done = false;

  constructor(stamps: ReadonlyMap<string, string>) {
    this.rest = stamps.entries();
  }

  /** Others get their turn meanwhile. Resolves to the first file that is not as it was. */
  async inSlices(): Promise<string | undefined> {
    while (!this.isOver(slice)) await setImmediate();
    return this.found;
  }

  /** What is left of it, and at once. */
  atOnce(): string | undefined {
    this.isOver(Infinity);
    return this.found;
  }

  private isOver(most: number): boolean {
    for (let looked = 0; looked < most && !this.done; looked += 1) {
      const next = this.rest.next();
      if (next.done === true) this.done = true;
      else if (stampOf(next.value[0]) !== next.value[1]) {
        this.found = next.value[0];
        this.done = true;
      }
    }
    return this.done;
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
