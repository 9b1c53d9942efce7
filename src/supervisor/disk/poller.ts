/** Changes of files in folders of which nobody tells: it looks, again and again, and says what that costs. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../shared/clock.ts';

/** Between looks, at least (ms). */
const leastMs = 250;
/** Of a processor, and of the time that a slow file system takes to answer. */
const mostOfProcessor = 0.04;
const mostOfTime = 0.5;
/** Files asked about at once: an answer may be a network away. */
const atOnce = 16;

export interface Cost {
  readonly folders: readonly string[];
  readonly files: number;
  readonly everyMs: number;
  /** Of a processor, 0–1. */
  readonly share: number;
}

type Stamps = Map<string, string>;

export class Poller {
  private readonly clock: Clock;
  private readonly matters: (file: string) => boolean;
  private readonly onChange: (file: string) => void;
  private readonly onCost: (cost: Cost) => void;
  /** Undefined: not looked at yet. */
  private readonly folders = new Map<string, Stamps | undefined>();
  private next: { cancel(): void } | undefined;
  private looking = false;
  private rounds = 0;

  /** `onCost`: when it has been found out, once. */
  constructor(
    clock: Clock,
    matters: (file: string) => boolean,
    onChange: (file: string) => void,
    onCost: (cost: Cost) => void,
  ) {
    this.clock = clock;
    this.matters = matters;
    this.onChange = onChange;
    this.onCost = onCost;
  }

  /** What changes in it from its first look on is told. */
  add(folder: string): void {
    if (this.folders.has(folder)) return;
    this.folders.set(folder, undefined);
    if (this.looking) return;
    this.next?.cancel();
    this.next = this.clock.setTimeout(() => void this.look(), 0);
  }

  remove(folder: string): void {
    this.folders.delete(folder);
  }

  close(): void {
    this.folders.clear();
    this.next?.cancel();
  }

  private async look(): Promise<void> {
    this.looking = true;
    const began = { at: this.clock.now(), cpu: cpuMs() };
    let files = 0;
    for (const [folder, before] of [...this.folders]) {
      const stamps = await this.stampsIn(folder, before);
      files += stamps.size;
      if (!this.folders.has(folder)) continue; // meanwhile
      this.folders.set(folder, stamps);
      if (before === undefined) continue;
      for (const [file, stamp] of stamps) if (before.get(file) !== stamp) this.onChange(file);
    }
    this.looking = false;
    if (this.folders.size === 0) return;
    const cpu = cpuMs() - began.cpu;
    const took = this.clock.now() - began.at;
    const everyMs = Math.max(leastMs, cpu / mostOfProcessor, took / mostOfTime);
    this.next = this.clock.setTimeout(() => void this.look(), everyMs);
    this.rounds += 1;
    // The first look is at files that nobody has asked about before.
    if (this.rounds === 2)
      this.onCost({ folders: [...this.folders.keys()], files, everyMs, share: cpu / everyMs });
  }

  /** Also of those that are gone. */
  private async stampsIn(folder: string, before: Stamps | undefined): Promise<Stamps> {
    const names = await readdir(folder).catch(() => []);
    const there = names.map((name) => path.join(folder, name)).filter((file) => this.matters(file));
    const files = [...new Set([...there, ...(before?.keys() ?? [])])];
    const stamps: Stamps = new Map();
    for (let from = 0; from < files.length; from += atOnce) {
      const some = files.slice(from, from + atOnce);
      const found = await Promise.all(some.map((file) => stampOf(file)));
      for (const [index, file] of some.entries()) stamps.set(file, found[index] ?? '');
    }
    return stamps;
  }
}

/** '' if there is none. Not by its inode: those of a network may be made up anew each time. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? '' : [found.mtimeMs, found.ctimeMs, found.size].join(' ');
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
