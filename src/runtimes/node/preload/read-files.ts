/**
 * Which files of its folder a process read while it booted, modules aside: templates, configuration, certificates.
 * Saving one of them swaps the server. A file that the process also writes is its data, and none of the user's
 * sources.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isDependency } from '../../dependency.ts';

type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** More is no configuration. */
const most = 500;

const readers = ['readFileSync', 'readFile'];
const writers = ['writeFileSync', 'writeFile', 'appendFileSync', 'appendFile'];
const openers = ['openSync', 'open'];

export class ReadFiles {
  private readonly folder = `${process.cwd()}${path.sep}`;
  private readonly read = new Set<string>();
  private readonly written = new Set<string>();
  private booting = true;

  /** From here on. What an app took from `fs` meanwhile goes on working, and is told from nothing but its source. */
  watch(): void {
    for (const functions of [fs, fs.promises] as unknown as readonly Functions[]) {
      for (const name of readers) this.wrap(functions, name, () => false);
      for (const name of writers) this.wrap(functions, name, () => true);
      for (const name of openers) this.wrap(functions, name, writes);
    }
  }

  /** So far. What is read after the first call is no part of booting. */
  list(): string[] {
    this.booting = false;
    return [...this.read].filter((file) => !this.written.has(file) && isFile(file));
  }

  private wrap(functions: Functions, name: string, isWriting: (flags: unknown) => boolean): void {
    const original = functions[name];
    if (original === undefined) return;
    const note = (file: unknown, flags: unknown): void => {
      if (typeof file === 'string' || file instanceof URL || Buffer.isBuffer(file))
        this.note(file, isWriting(flags));
    };
    const noting = function (this: unknown, ...args: unknown[]): unknown {
      note(args[0], args[1]);
      return Reflect.apply(original, this, args);
    };
    functions[name] = Object.defineProperties(noting, Object.getOwnPropertyDescriptors(original));
  }

  private note(file: string | URL | Buffer, writing: boolean): void {
    if (!this.booting && !writing) return;
    const place = path.resolve(file instanceof URL ? file.pathname : file.toString());
    if (!place.startsWith(this.folder) || isDependency(place)) return;
    if (writing) this.written.add(place);
    else if (this.read.size < most) this.read.add(place);
  }
}

/** open(2), as `fs` takes it. */
function writes(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
  return typeof flags === 'string' && /[wa+]/.test(flags);
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
