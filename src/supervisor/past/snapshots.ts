/** What generations that served were made of, so that one can go back: bounded, in memory, and read once a change. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { stampOf } from '../../shared/stat.ts';
import { changedAt } from '../disk/contents.ts';

/** Of all files together, and of one, bytes. */
const mostBytes = 32 * 1024 * 1024;
const mostOfFile = 2 * 1024 * 1024;
/** One can go back so many times. */
const mostSnapshots = 10;
/** Of a file, beside those of snapshots: what is saved now, and what it was for a generation that serves since just now. */
const mostVersions = 2;
/** Files looked at together. */
const slice = 50;

/** What a file was. */
export interface Content {
  readonly stamp: string;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  /** Until when it was this, as far as somebody looked. */
  until: number;
  readonly hash: string;
  /** Undefined: it was too much to keep. */
  readonly bytes: Uint8Array | undefined;
}

export interface Snapshot {
  /** The first generation that had this code. */
  readonly codeOf: number;
  readonly startedAt: number;
  readonly files: Map<string, Content>;
  /** What it has loaded, too, and was another before anybody had read it. */
  readonly unknown: Set<string>;
  /** Folders of which it looked what is in them, and paths where it looked in vain: what is new there is its business. */
  readonly looksInto: Set<string>;
}

export class Snapshots {
  private readonly clock: Clock;
  /** The oldest first; each differs from the one before it. */
  private readonly all: Snapshot[] = [];
  /** As of the last looks at each that found another one, the last of them first. */
  private readonly latest = new Map<string, readonly Content[]>();
  private bytes = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get last(): Snapshot | undefined {
    return this.all.at(-1);
  }

  find(codeOf: number): Snapshot | undefined {
    return this.all.find((one) => one.codeOf === codeOf);
  }

  /** The one before it. */
  before(codeOf: number): Snapshot | undefined {
    return this.all[this.all.findIndex((one) => one.codeOf === codeOf) - 1];
  }

  /** Those after it. */
  since(codeOf: number): readonly Snapshot[] {
    return this.all.slice(this.all.findIndex((one) => one.codeOf === codeOf) + 1);
  }

  /** What files were at `startedAt` (ms since the epoch), of those of which that is known. */
  async look(files: Iterable<string>, startedAt: number): Promise<Map<string, Content>> {
    const found = new Map<string, Content>();
    const rest = [...files];
    while (rest.length > 0) {
      await Promise.all(
        rest.splice(0, slice).map(async (file) => {
          const content = await this.at(file, startedAt);
          if (content !== undefined) found.set(file, content);
        }),
      );
    }
    return found;
  }

  /** @returns the code that it is: that of an earlier generation, if it is the same. */
  add(snapshot: Snapshot): Snapshot {
    const { last } = this;
    if (last !== undefined && isSame(last, snapshot)) {
      for (const [file, content] of snapshot.files) last.files.set(file, content);
      for (const file of snapshot.unknown) last.unknown.add(file);
      for (const place of snapshot.looksInto) last.looksInto.add(place);
      return last;
    }
    this.all.push(snapshot);
    if (this.all.length > mostSnapshots) this.all.shift();
    this.count();
    return snapshot;
  }

  private async at(file: string, time: number): Promise<Content | undefined> {
    await this.read(file);
    return this.latest.get(file)?.find(({ at, until }) => at <= time && time <= until);
  }

  /** What it is now. */
  private async read(file: string): Promise<void> {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) return;
    const stamp = stampOf(found);
    const all = this.latest.get(file) ?? [];
    const [known] = all;
    const until = this.clock.now();
    if (known?.stamp === stamp) {
      known.until = until;
      return;
    }
    const bytes = await readFile(file).catch(() => undefined);
    const after = await stat(file).catch(() => undefined);
    // It is being written: half of it is nothing that anybody had.
    if (bytes === undefined || after === undefined || stampOf(after) !== stamp) return;
    const hash = createHash('sha1').update(bytes).digest('base64');
    const isKept = bytes.length <= mostOfFile && this.bytes + bytes.length <= mostBytes;
    const content: Content = {
      stamp,
      at: changedAt(found),
      until,
      hash,
      bytes: known?.hash === hash ? known.bytes : isKept ? bytes : undefined,
    };
    if (isKept) this.bytes += bytes.length;
    this.latest.set(file, [content, ...all].slice(0, mostVersions));
  }

  /** What nobody can go back to any more is not kept. */
  private count(): void {
    const kept = new Set<Uint8Array>();
    for (const { files } of this.all)
      for (const { bytes } of files.values()) if (bytes !== undefined) kept.add(bytes);
    this.bytes = [...kept].reduce((sum, { length }) => sum + length, 0);
  }
}

/** As far as both tell. What one of them knows only was another, or it would know it, too. */
function isSame(a: Snapshot, b: Snapshot): boolean {
  for (const file of b.unknown) if (a.files.has(file)) return false;
  for (const [file, { hash }] of b.files) {
    const other = a.files.get(file);
    if (other === undefined ? a.unknown.has(file) : other.hash !== hash) return false;
  }
  return true;
}

/** What is there now that was not when `snapshot` was taken, and that its code would see. */
export function newSince(snapshot: Snapshot, later: readonly Snapshot[]): string | undefined {
  for (const { files } of later)
    for (const file of files.keys()) if (!snapshot.files.has(file) && looksFor(snapshot, file)) return file;
  return undefined;
}

function looksFor({ looksInto }: Snapshot, file: string): boolean {
  return looksInto.has(file) || looksInto.has(path.dirname(file));
}
