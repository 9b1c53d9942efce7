/**
 * What a process does to files near it, told in a journal: what it reads and may keep, what it looks for in vain while
 * it boots, and what it writes, which is its data and none of the user's sources. All of `fs` and `fs.promises` ends in
 * a binding, and is met there, so that the functions of `fs` stay Node's.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve, sep } from '../engine/paths.ts';
import type { Deed } from '../../../protocol/journal.ts';
import { bindingOf } from '../engine/bindings.ts';
import { failed, isAsynchronous, isKept, meetJob, wrap, writes } from './fs-calls.ts';
import type { After, Call } from './fs-calls.ts';
import type { Journal } from './journal.ts';
import { Ownership } from './ownership.ts';

/** Of the binding; the second argument of these is what open(2) takes, and a request follows where `fs` has one. */
const openers = ['open', 'openFileHandle', 'readFileUtf8'];
const jobs = ['ReadFileJob', 'WriteFileJob'];
/** Of these, that argument is the file that is there afterwards: lowdb, steno and write-file-atomic end in `rename`. */
const writers: Readonly<Record<string, number>> = {
  writeFileUtf8: 0,
  rename: 1,
  copyFile: 1,
  link: 1,
  unlink: 0,
  rmSync: 0,
};
/** They say whether it is there. */
const askers = ['existsSync', 'access', 'stat'];
const listers = ['readdir', 'opendir', 'opendirSync'];

/** Who reads it again so much later (ms) reads it each time; two who want it at once both read it. */
const againMs = 20;
/** A thread or helper is told by nobody that it has booted (ms). */
const bootMs = 1500;
/** More files of a folder, read one after the other by who serves, are told as one: the folder. */
const mostOfFolder = 1000;
const mostWritten = 20_000;

interface Use {
  readonly deed: Deed;
  readonly at: number;
}

export class UsedFiles {
  private readonly folder = process.cwd();
  private readonly ownership = new Ownership(this.folder);
  private readonly journal: Journal;
  private readonly began = performance.now();
  /** What was last said of a file. */
  private readonly read = new Map<string, Use>();
  private readonly written = new Map<string, Deed>();
  private readonly told = new Set<string>();
  private readonly readOf = new Map<string, number>();
  private booting = true;
  private readonly bootsByTheClock: boolean;
  private isLooking = false;
  /** Hears of every call, by the binding's name for it, before it is made: whatever it does, it may block. */
  witness: ((name: string, args: readonly unknown[]) => void) | undefined;
  /** Hears by which names `require` has looked for a module, and which file it found then. */
  looksFor: ((names: readonly string[], found: string | false) => void) | undefined;

  /** `bootsByTheClock`: nobody will say when it has `booted`. */
  constructor(journal: Journal, bootsByTheClock: boolean) {
    this.journal = journal;
    this.bootsByTheClock = bootsByTheClock;
  }

  /** From here on. */
  watch(): void {
    const binding = bindingOf('fs') as Record<string, Call | undefined> | undefined;
    if (binding === undefined) return;
    const meet = (name: string, before: (args: readonly unknown[]) => After | undefined): void =>
      wrap(binding, name, (args) => {
        if (!this.isLooking && !this.journal.isBusy) this.witness?.(name, args);
        return before(args);
      });
    for (const name of openers)
      meet(name, (args) => {
        const [file] = args;
        if (writes(args[1])) this.writes(file);
        else if (!this.boots) this.reads(file, isKept(args));
        else if (!isAsynchronous(args)) return this.asks(file, () => this.reads(file));
        else if (this.isThere(file)) this.reads(file);
        else this.seeks(file);
        return undefined;
      });
    for (const [name, place] of Object.entries(writers))
      meet(name, (args) => {
        this.writes(args[place]);
        return undefined;
      });
    for (const name of askers)
      meet(name, (args) => {
        if (!this.boots) return undefined;
        if (!isAsynchronous(args)) return this.asks(args[0]);
        if (!this.isThere(args[0])) this.seeks(args[0]);
        return undefined;
      });
    for (const name of jobs)
      meetJob(binding, name, ([file, flags]) => {
        if (writes(flags)) this.writes(file);
        else if (!this.boots || this.isThere(file)) this.reads(file);
        else this.seeks(file);
      });
    const { FSEvent } = (bindingOf('fs_event_wrap') ?? {}) as {
      FSEvent?: { prototype: Record<string, Call> };
    };
    if (FSEvent !== undefined)
      wrap(FSEvent.prototype, 'start', (args) => {
        this.tellOnce('watches', args[0]);
        return undefined;
      });
    for (const name of listers)
      meet(name, (args) => {
        if (this.boots) this.tellOnce('lists', args[0]);
        return undefined;
      });
  }

  /** It serves: what it does from here on it does for clients. */
  booted(): void {
    this.booting = false;
  }

  /** By Node itself, or by a shell. */
  begins(file: string): void {
    this.tellOnce('begins', file);
  }

  reads(file: unknown, isKept = true): void {
    const place = this.placeOf(file);
    if (place === undefined) return;
    const before = this.read.get(place);
    const at = performance.now();
    if (before === undefined) {
      if (!isKept || this.isOneOfMany(place)) return;
      this.read.set(place, { deed: this.boots ? 'reads' : 'rereads', at });
      this.journal.note('reads', place);
    } else if (before.deed === 'rereads' && at - before.at > againMs) {
      this.read.set(place, { deed: 'reads', at }); // that is said once
      this.journal.note('rereads', place);
    }
  }

  /** A file that was to be there, by a name that is whole or, of a `module`, may be. */
  seeks(file: unknown, deed: Deed = 'seeks'): void {
    this.tellOnce(deed, file);
  }

  /** The user's file, by the path at which the user has it. */
  own(file: string): string | undefined {
    const before = this.isLooking;
    this.isLooking = true;
    try {
      return this.ownership.own(file);
    } finally {
      this.isLooking = before;
    }
  }

  private get boots(): boolean {
    if (this.booting && this.bootsByTheClock && performance.now() - this.began > bootMs) this.booting = false;
    return this.booting;
  }

  private writes(file: unknown): void {
    const place = this.placeOf(file);
    if (place === undefined) return;
    const before = this.written.get(place);
    if (before === 'writes' || (before === 'makes' && this.boots)) return;
    const deed = this.boots && before === undefined && !this.isThere(place) ? 'makes' : 'writes';
    if (this.written.size >= mostWritten && !this.read.has(place)) return; // one upload more, which nobody asks for
    this.written.set(place, deed);
    this.journal.note(deed, place, true);
  }

  /** What to do with the answer: `there`, or a note that there is no such file. */
  private asks(file: unknown, there?: () => void): After | undefined {
    if (this.isLooking || this.journal.isBusy) return undefined;
    return (answer) => {
      const isAnswered = answer !== false && answer !== failed;
      if (isAnswered && (there !== undefined || answer !== undefined || this.isThere(file))) there?.();
      else if (!this.isThere(file)) this.seeks(file);
    };
  }

  private tellOnce(deed: Deed, file: unknown): void {
    const place = this.placeOf(file);
    if (place === undefined || this.told.has(`${deed} ${place}`)) return;
    this.told.add(`${deed} ${place}`);
    this.journal.note(deed, place);
  }

  private isOneOfMany(place: string): boolean {
    if (this.boots) return false;
    const folder = dirname(place);
    const count = (this.readOf.get(folder) ?? 0) + 1;
    this.readOf.set(folder, count);
    if (count === mostOfFolder) this.journal.note('wholes', folder);
    return count >= mostOfFolder;
  }

  private isThere(file: unknown): boolean {
    if (typeof file !== 'string' && !Buffer.isBuffer(file)) return true;
    const before = this.isLooking;
    this.isLooking = true;
    try {
      return existsSync(file);
    } finally {
      this.isLooking = before;
    }
  }

  /** Undefined: it is none of the user's, or we are looking ourselves. */
  private placeOf(file: unknown): string | undefined {
    if (this.isLooking || this.journal.isBusy) return undefined;
    if (typeof file !== 'string' && !Buffer.isBuffer(file)) return undefined;
    const place = this.own(resolve(file.toString()));
    return place !== undefined && this.isNear(place) ? place : undefined;
  }

  /** In the server's repository, or beside a folder that it is in. */
  private isNear(place: string): boolean {
    const isIn = (folder: string): boolean => `${place}${sep}`.startsWith(`${folder}${sep}`);
    if (isIn(this.folder) || isIn(this.ownership.root)) return true;
    const folder = dirname(place);
    const isWide = folder.lastIndexOf(sep) <= 0 || folder === process.env['HOME']; // `/tmp`, all that a user has
    return !isWide && this.folder.startsWith(`${folder}${sep}`);
  }
}
