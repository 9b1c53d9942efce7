/** What the app does to files while it is run ahead: what of them it has used, and before what it has to wait. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from '../engine/paths.ts';
import { isDependency } from '../../dependency.ts';
import { bindingOf } from '../engine/bindings.ts';
import { wrap, writes } from '../modules/fs-calls.ts';
import type { Call } from '../modules/fs-calls.ts';
import type { UsedFiles } from '../modules/used-files.ts';

/** The binding's functions, by what they do to the path that is their first argument. */
const uses: Readonly<Record<string, 'reads' | 'lists' | 'asks' | 'writes'>> = {
  open: 'reads',
  openFileHandle: 'reads',
  readFileUtf8: 'reads',
  readdir: 'lists',
  opendir: 'lists',
  opendirSync: 'lists',
  existsSync: 'asks',
  access: 'asks',
  stat: 'asks',
  lstat: 'asks',
  readlink: 'asks',
  realpath: 'asks',
  writeFileUtf8: 'writes',
  rename: 'writes',
  copyFile: 'writes',
  link: 'writes',
  unlink: 'writes',
  rmSync: 'writes',
  mkdir: 'writes',
  mkdtemp: 'writes',
  rmdir: 'writes',
  symlink: 'writes',
  chmod: 'writes',
  chown: 'writes',
  lchown: 'writes',
  utimes: 'writes',
  lutimes: 'writes',
  cpSyncCheckPaths: 'writes',
  cpSyncCopyDir: 'writes',
  cpSyncOverrideFile: 'writes',
  // It sees more than what is in that folder.
  readdirRecursive: 'writes',
  // Of newer Nodes: what fs.promises does to a whole file.
  ReadFileJob: 'reads',
  WriteFileJob: 'writes',
  CpDirJob: 'writes',
};
const jobs = ['ReadFileJob', 'WriteFileJob', 'CpDirJob'];
/** Those that UsedFiles does not meet. */
const more =
  'lstat readlink realpath mkdir mkdtemp rmdir symlink chmod chown lchown utimes lutimes cpSyncCheckPaths cpSyncCopyDir cpSyncOverrideFile readdirRecursive'.split(
    ' ',
  );

/** Not what a save changes: the system's, and what tsx keeps by content. */
const system = /^\/(?:proc|sys|dev)\/|[\\/]tsx-\d+[\\/]/;
const code = /\.[cm]?[jt]sx?$/;

export class UsedSoFar {
  readonly read = new Set<string>();
  readonly listed = new Set<string>();
  readonly asked = new Set<string>();
  /** By `require`. */
  private readonly found = new Set<string>();
  private readonly used: UsedFiles;
  private readonly stops: ReadonlySet<string>;
  private readonly ours: string;
  private readonly stop: (before: string) => void;
  private readonly reads: () => void;
  private readonly undo: (() => void)[] = [];
  private isOver = false;
  private isLooking = false;

  /** `stop`: called before something is done that must not be, and may block; `reads`: before a file is read. */
  constructor(used: UsedFiles, stops: readonly string[], stop: (before: string) => void, reads: () => void) {
    this.used = used;
    this.stops = new Set(stops);
    this.ours = dirname(__filename);
    this.stop = stop;
    this.reads = reads;
  }

  begin(): void {
    this.used.witness = (name, args) => this.meets(name, args[0], args[1]);
    this.used.looksFor = (names, found) => {
      if (this.isOver || this.isLooking) return;
      for (const name of names) this.asked.add(name);
      if (found !== false && !this.stops.has(found)) this.found.add(found);
    };
    const binding = bindingOf('fs') as Record<string, Call | undefined> | undefined;
    if (binding === undefined) return;
    for (const name of more)
      wrap(binding, name, (args) => {
        this.meets(name, args[0]);
        return undefined;
      });
    for (const name of jobs) this.meetJob(binding, name);
  }

  private meetJob(binding: Record<string, Call | undefined>, name: string): void {
    const job = binding[name];
    if (job === undefined) return;
    binding[name] = new Proxy(job, {
      construct: (target, args: unknown[], self): object => {
        this.meets(name, args[0], args[1]);
        return Reflect.construct(target, args, self) as object;
      },
    });
    this.undo.push(() => (binding[name] = job));
  }

  end(): void {
    this.isOver = true;
    for (const undo of this.undo) undo();
    for (const file of this.found) this.read.add(file); // addons are not read by Node
    this.addManifests();
    this.used.witness = this.used.looksFor = undefined;
  }

  /** If `run` returns false, what code it has read counts as not read. */
  attempt(run: () => boolean): boolean {
    const before = new Set(this.read);
    if (run()) return true;
    for (const file of [...this.read]) if (!before.has(file) && code.test(file)) this.read.delete(file);
    return false;
  }

  /** Of these, those of which nobody has asked anything so far. */
  untouched(files: readonly string[]): string[] {
    return files.filter((file) => !this.read.has(file) && !this.asked.has(file) && !this.found.has(file));
  }

  /** From here on, until the returned function is called: `wrote` is called before a file is written. */
  watchWrites(wrote: () => void): () => void {
    this.used.witness = (name, [, flags]) => {
      const use = uses[name];
      if (use === 'writes' || (use === 'reads' && writes(flags))) wrote();
    };
    return () => {
      this.used.witness = undefined;
    };
  }

  /** Of a file that is read here and now, and of which nobody shall know that. Empty if it is not there. */
  textOf(file: string): string {
    const before = this.isLooking;
    this.isLooking = true;
    try {
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    } catch {
      return '';
    } finally {
      this.isLooking = before;
    }
  }

  /** Node looks below all that can be watched what the nearest package.json says of the kind of a module. */
  private addManifests(): void {
    const seen = new Set<string>();
    for (const file of [...this.read]) {
      if (!code.test(file) || isDependency(file)) continue;
      for (let at = dirname(file); !seen.has(at); at = dirname(at)) {
        seen.add(at);
        const manifest = join(at, 'package.json');
        this.read.add(manifest);
        if (this.textOf(manifest) !== '') break;
      }
    }
  }

  private meets(name: string, given: unknown, flags?: unknown): void {
    const use = uses[name];
    if (this.isOver || this.isLooking || use === undefined) return;
    if (typeof given !== 'string' && !Buffer.isBuffer(given)) return;
    const place = resolve(given.toString());
    if (system.test(place) || place.startsWith(this.ours)) return;
    if (use === 'writes' || (use === 'reads' && typeof flags === 'number' && writes(flags)))
      this.stop(`${name === 'readdirRecursive' ? 'lists' : 'writes'} ${place}`);
    else if (this.stops.has(place)) this.stop(`reads ${place}`);
    else this.notes(use, place);
  }

  private notes(use: 'reads' | 'lists' | 'asks', place: string): void {
    if (use === 'reads') {
      if (this.read.has(place)) return;
      // What it opens in native code nobody sees.
      if (code.test(place) && this.textOf(place).includes('node:sqlite')) this.stop(`loads node:sqlite`);
      this.reads();
      if (!this.isOver) this.read.add(place);
    } else (use === 'lists' ? this.listed : this.asked).add(place);
  }
}
