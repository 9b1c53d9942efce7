/**
 * Which files of its folder a process read while it booted, modules aside: templates, configuration, certificates.
 * Saving one of them swaps the server. A file that the process also writes is its data, and none of the user's
 * sources.
 */
import { constants, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { isDependency } from '../../dependency.ts';
import { environmentFilesOf } from '../../configuration.ts';
import { bindingOf } from '../engine/bindings.ts';

type Opening = (this: unknown, file: unknown, flags: unknown, ...others: unknown[]) => unknown;

/** Of the binding, which all of `fs` and `fs.promises` end in: the second argument of these is what open(2) takes. */
const openers = ['open', 'openFileHandle', 'readFileUtf8'];
const writers = ['writeFileUtf8'];
/** Of these, the second argument is the file that is there afterwards: lowdb, steno and write-file-atomic end in it. */
const placers = ['rename', 'copyFile', 'link'];

export class ReadFiles {
  private readonly folder = process.cwd();
  private readonly read = new Set<string>();
  private readonly written = new Set<string>();
  private booting = true;

  /** From here on. */
  watch(): void {
    const binding = bindingOf('fs') as Record<string, Opening | undefined> | undefined;
    if (binding === undefined) return;
    for (const name of openers) this.wrap(binding, name, writes);
    for (const name of writers) this.wrap(binding, name, () => true);
    for (const name of placers) this.wrap(binding, name, () => true, 1);
  }

  /** So far. What is read after the first call is no part of booting. */
  list(): string[] {
    this.booting = false;
    // Node has read these before anybody could see it.
    const environment = environmentFilesOf(process.execArgv, this.folder);
    return [...new Set([...environment, ...this.read])].filter(
      (file) => !this.written.has(file) && isFile(file),
    );
  }

  private wrap(
    binding: Record<string, Opening | undefined>,
    name: string,
    isWriting: (flags: unknown) => boolean,
    place = 0,
  ): void {
    const original = binding[name];
    if (original === undefined) return;
    const note = (file: unknown, flags: unknown): void => {
      if (typeof file === 'string' || Buffer.isBuffer(file)) this.note(file, isWriting(flags));
    };
    binding[name] = function (this: unknown, ...args): unknown {
      note(args[place], args[1]);
      return Reflect.apply(original, this, args);
    };
  }

  /** Below the server's folder, or beside one that it is in: a workspace keeps what its packages share there. */
  private isNear(place: string): boolean {
    if (place.startsWith(`${this.folder}${sep}`)) return true;
    const folder = dirname(place);
    const isWide = folder.lastIndexOf(sep) <= 0 || folder === process.env['HOME']; // `/tmp`, all that a user has
    return !isWide && this.folder.startsWith(`${folder}${sep}`);
  }

  private note(file: string | Buffer, writing: boolean): void {
    if (!this.booting && !writing) return;
    const place = resolve(file.toString());
    if (!this.isNear(place) || isDependency(place)) return;
    if (writing) this.written.add(place);
    else this.read.add(place);
  }
}

function writes(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
