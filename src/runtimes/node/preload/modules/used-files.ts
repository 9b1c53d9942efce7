/**
 * What a process does to files near it, told in a journal: what it reads and may keep, what it looks for in vain while
 * it boots, and what it writes, which is its data and none of the user's sources. All of `fs` and `fs.promises` ends in
 * a binding, and is met there, so that the functions of `fs` stay Node's.
 */
import { constants, existsSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { Deed } from '../../../protocol/journal.ts';
import { bindingOf } from '../engine/bindings.ts';
import type { Journal } from './journal.ts';
import { Ownership } from './ownership.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** Of the binding; the second argument of these is what open(2) takes, and a request follows where `fs` has one. */
const openers = ['open', 'openFileHandle', 'readFileUtf8'];
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

  /** `bootsByTheClock`: nobody will say when it has `booted`. */
  constructor(journal: Journal, bootsByTheClock: boolean) {
    this.journal = journal;
    this.bootsByTheClock = bootsByTheClock;
  }

  /** From here on. */
  watch(): void {
    const binding = bindingOf('fs') as Record<string, Call | undefined> | undefined;
    if (binding === undefined) return;
    for (const name of openers)
      wrap(binding, name, (args, call) => {
        if (writes(args[1])) this.writes(args[0]);
        else if (!this.boots) this.reads(args[0], isKept(args));
        else if (!isAsynchronous(args)) return this.asked(args[0], call, () => this.reads(args[0]));
        else if (this.isThere(args[0])) this.reads(args[0]);
        else this.seeks(args[0]);
        return call();
      });
    for (const [name, place] of Object.entries(writers))
      wrap(binding, name, (args, call) => {
        this.writes(args[place]);
        return call();
      });
    for (const name of askers)
      wrap(binding, name, (args, call) => {
        if (!this.boots) return call();
        if (!isAsynchronous(args)) return this.asked(args[0], call);
        if (!this.isThere(args[0])) this.seeks(args[0]);
        return call();
      });
    for (const name of listers)
      wrap(binding, name, (args, call) => {
        if (this.boots) this.tellOnce('lists', args[0]);
        return call();
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
    if (this.written.size > mostWritten) this.written.clear(); // uploads, which nobody asks for
    this.written.set(place, deed);
    this.journal.note(deed, place, true);
  }

  /** Calls, and notes if there is no such file. */
  private asked(file: unknown, call: () => unknown, there?: () => void): unknown {
    try {
      const answer = call();
      if (answer === false || (answer === undefined && there === undefined && !this.isThere(file)))
        this.seeks(file);
      else there?.();
      return answer;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.seeks(file);
      throw error;
    }
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
    if (count === mostOfFolder) this.journal.note('reads', `${folder}${sep}`);
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
    if (place.startsWith(`${this.folder}${sep}`) || place.startsWith(`${this.ownership.root}${sep}`))
      return true;
    const folder = dirname(place);
    const isWide = folder.lastIndexOf(sep) <= 0 || folder === process.env['HOME']; // `/tmp`, all that a user has
    return !isWide && this.folder.startsWith(`${folder}${sep}`);
  }
}

function writes(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
}

/** By callback or promise. */
function isAsynchronous(args: readonly unknown[]): boolean {
  return args.some((arg) => typeof arg === 'symbol' || hasContext(arg) !== undefined);
}

/** What is streamed goes on to a client, as a rule: `fs.open` as `createReadStream` calls it, not `readFile`. */
function isKept(args: readonly unknown[]): boolean {
  return !args.some((arg) => hasContext(arg) === false);
}

/** Of a request of `fs`: whether it is one of several that Node makes for one call. Undefined: it is no request. */
function hasContext(arg: unknown): boolean | undefined {
  if (typeof arg !== 'object' || arg === null || !('oncomplete' in arg)) return undefined;
  return (arg as { readonly context?: unknown }).context !== undefined;
}

function wrap(
  binding: Record<string, Call | undefined>,
  name: string,
  instead: (args: readonly unknown[], call: () => unknown) => unknown,
): void {
  const original = binding[name];
  if (original === undefined) return;
  binding[name] = function (this: unknown, ...args): unknown {
    return instead(args, () => Reflect.apply(original, this, args));
  };
}
