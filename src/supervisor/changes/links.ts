/** Symbolic links on the way to files that a server uses: who makes one point elsewhere has changed all behind it. */
import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { granularityMs } from '../../shared/stat.ts';
import { realPathOf } from '../disk/contents.ts';

/** As many as Linux follows. */
const most = 40;

export class Links {
  /** Link → where it pointed to for who booted from it; undefined: that is not known. */
  private readonly targets = new Map<string, string | undefined>();
  /** What the links led to. */
  readonly reals = new Set<string>();

  /** `files`: as they were asked for. `startedAt`: of who did (ms since the epoch). */
  constructor(files: Iterable<string>, startedAt: number) {
    for (const file of files) {
      const real = realPathOf(file);
      if (real === file) continue;
      this.reals.add(real);
      for (const link of linksOf(file))
        if (!this.targets.has(link))
          this.targets.set(link, isSince(link, startedAt) ? undefined : targetOf(link));
    }
  }

  has(file: string): boolean {
    return this.targets.has(file);
  }

  /** That one points elsewhere now; once. */
  takeChange(link: string): boolean {
    const target = targetOf(link);
    // One that is gone is about to be made anew.
    if (target === undefined || target === this.targets.get(link)) return false;
    this.targets.set(link, target);
    return true;
  }

  get folders(): readonly string[] {
    return [...this.targets.keys()].map((link) => path.dirname(link));
  }
}

function linksOf(file: string): string[] {
  const links: string[] = [];
  let [at, rest] = [path.parse(file).root, file.split(path.sep).filter(Boolean)];
  while (rest.length > 0 && links.length < most) {
    const next = path.resolve(at, rest[0] ?? '');
    rest = rest.slice(1);
    const target = targetOf(next);
    if (target === undefined) at = next;
    else {
      links.push(next);
      const whole = path.resolve(at, target);
      at = path.parse(whole).root;
      rest = [...whole.split(path.sep).filter(Boolean), ...rest];
    }
  }
  return links;
}

/** Undefined if it is no link. */
function targetOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function isSince(link: string, time: number): boolean {
  return (lstatSync(link, { throwIfNoEntry: false })?.ctimeMs ?? 0) > time - granularityMs;
}
