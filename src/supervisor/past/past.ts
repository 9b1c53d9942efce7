/** The code that a server has served so far, and the way back to it. */
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { isNewer } from '../disk/contents.ts';
import { newSince, Snapshots } from './snapshots.ts';
import type { Snapshot } from './snapshots.ts';

/** What a generation is made of, besides what it is told. */
export interface Made {
  /** Number of the generation. */
  readonly generation: number;
  /** When it started, ms since the epoch. */
  readonly startedAt: number;
  /** The user's files that it loaded or read, and does not write. */
  readonly files: readonly string[];
  /** Folders of which it looked what is in them, and paths where it looked in vain. */
  readonly looksInto: Iterable<string>;
  /** It runs the code of that one, and not what is on disk. */
  readonly codeOf?: number | undefined;
}

export interface WayBack {
  readonly codeOf: number;
  /** Of files that are another now, what they were. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Node, npm and what starts a server read these below everything that could be shown something else. */
const unseen = /^(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|\.env.*)$/;

export class Past {
  private readonly snapshots: Snapshots;
  /** The code that serves: number of the first generation that had it. */
  private present: number | undefined;
  /** The latest generation of which is known what it is made of. */
  private learned = 0;
  private learning: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.snapshots = new Snapshots(clock);
  }

  /** A generation serves that is made of this; or has loaded more since. */
  learn(made: Made): void {
    this.learning = this.learning.then(() => this.take(made)).catch(() => undefined);
  }

  /** These have been saved, and a generation starts that has them: they may be others before it serves. */
  saw(files: readonly string[]): void {
    this.learning = this.learning.then(() => this.snapshots.look(files, 0)).then(() => undefined);
  }

  /** To the code before the one that serves; `hasFailed`: newer code than that of the present is what is to be left. */
  async way(hasFailed: boolean): Promise<WayBack | { readonly why: string }> {
    await this.learning;
    const { present, snapshots } = this;
    const before =
      present === undefined ? undefined : hasFailed ? snapshots.find(present) : snapshots.before(present);
    if (before === undefined) return { why: 'no earlier code is known: nothing has been swapped yet' };
    const added = newSince(before, snapshots.since(before.codeOf));
    const to = `gen ${String(before.codeOf)}`;
    if (added !== undefined)
      return { why: `${path.basename(added)} was not there when ${to} was started, and would be seen by it` };
    const lost = [...before.unknown].find((file) => isNewer(file, before.startedAt));
    if (lost !== undefined)
      return { why: `${path.basename(lost)} was saved again before it was remembered what ${to} had` };
    const contents = new Map<string, Uint8Array>();
    for (const [file, was] of before.files) {
      const now = await readFile(file).catch(() => undefined);
      const name = path.basename(file);
      if (now !== undefined && createHash('sha1').update(now).digest('base64') === was.hash) continue;
      if (now === undefined) return { why: `${name}, which ${to} has loaded, is not there any more` };
      if (unseen.test(name))
        return { why: `${name} is another than ${to} had, and it can't be shown the old one` };
      if (was.bytes === undefined) return { why: `${name} is too large for what it was to be remembered` };
      contents.set(file, was.bytes);
    }
    return { codeOf: before.codeOf, contents };
  }

  private async take({ generation, startedAt, files, looksInto, codeOf }: Made): Promise<void> {
    if (generation < this.learned) return; // late news
    this.learned = generation;
    if (codeOf !== undefined) {
      if (this.snapshots.find(codeOf) !== undefined) this.present = codeOf;
      return;
    }
    const known = await this.snapshots.look(files, startedAt);
    const snapshot: Snapshot = {
      codeOf: generation,
      startedAt,
      files: known,
      unknown: new Set(files.filter((file) => !known.has(file) && isNewer(file, startedAt))),
      looksInto: new Set(looksInto),
    };
    this.present = this.snapshots.add(snapshot).codeOf;
  }
}
