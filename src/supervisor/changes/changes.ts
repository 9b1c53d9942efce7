/** Decides whether a changed file is worth a swap: it was loaded, and its content is not what was loaded. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import * as runtimes from '../../runtimes/registry.ts';
import { whyIgnored } from '../../shared/ignored.ts';
import type { IgnoredReason } from '../../shared/ignored.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { granularityMs } from '../../shared/stat.ts';
import type { LoadedAnswer, UsedFiles } from '../generations/generation.ts';
import { changedAt, contentHash, hashOf, isFile, isFolder, realPathOf } from '../disk/contents.ts';
import { isDatabase, isNamedAsData, OwnData } from './data.ts';
import { below } from './unreported.ts';
import { Links } from './links.ts';
import { NamedFiles } from './named.ts';
import { Wanted } from './wanted.ts';

/** Read while booting by so many servers that they count as loaded although no runtime reports them. */
const conventional = picomatch([...runtimes.conventional], { dot: true });

const nothing = { files: new Set<string>(), wanted: Wanted.nothing };
const absent = 'absent';

export type Verdict = 'changed' | IgnoredReason;

export class Changes {
  private readonly spec: Pick<ServerSpec, 'cwd' | 'watch' | 'watcher'>;
  /** By its command. */
  private readonly named: readonly string[];
  private readonly byHand: NamedFiles;
  private loaded: ReadonlySet<string> = new Set();
  /** Folders of which so many files were read that all that is in them counts. */
  private whole: ReadonlySet<string> = new Set();
  private links = new Links([], 0);
  private wanted = Wanted.nothing;
  /** Of the last generation, if it failed: it is the next one that is to have them. */
  private attempted: { readonly files: ReadonlySet<string>; readonly wanted: Wanted } = nothing;
  /** Written by one of its generations, whichever. */
  private readonly data: OwnData;
  /** By one that boots, where there was none: what happens to them later is not its doing. */
  private making: ReadonlySet<string> = new Set();
  private complete = true;
  /** The serving generation. */
  private startedAt = 0;
  /** Content that a generation booted from or that already caused a swap. */
  private readonly known = new Map<string, string>();

  constructor(spec: Pick<ServerSpec, 'command' | 'cwd' | 'watch' | 'watcher'>) {
    this.spec = spec;
    this.named = runtimes.namedIn(spec.command, spec.cwd);
    this.loaded = new Set(this.named);
    this.data = new OwnData(realPathOf(spec.cwd));
    this.byHand = new NamedFiles(spec);
  }

  /** False if it may have loaded others. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** App files of the serving generation, and of one after it that failed. */
  get files(): ReadonlySet<string> {
    const { files } = this.attempted;
    return files.size === 0 ? this.loaded : new Set([...this.loaded, ...files]);
  }

  /** One of `files`. */
  isUsed(file: string): boolean {
    return this.loaded.has(file) || this.attempted.files.has(file);
  }

  /** Where files would appear that it looked for. */
  get folders(): ReadonlySet<string> {
    const { wanted, attempted, whole, links } = this;
    return new Set([...wanted.folders, ...attempted.wanted.folders, ...whole, ...links.folders]);
  }

  /**
   * What a generation loaded. Its content is taken as booted from only where the file is older than the
   * generation: else it may have changed in between.
   */
  async learn({ files, reads = [], complete, startedAt, bootedAt, used }: LoadedAnswer): Promise<void> {
    this.wrote(used);
    this.loaded = this.follow(this.takenBy(used, [...files, ...reads]), startedAt);
    this.whole = used.wholes;
    this.complete = complete;
    const isNew = startedAt !== this.startedAt;
    this.wanted = new Wanted(used, this.loaded, startedAt, isNew ? undefined : this.wanted);
    this.startedAt = startedAt;
    if (isNew) this.attempted = nothing;
    await this.know([...this.loaded, ...(await this.beside(conventional))], used.makes, startedAt, bootedAt);
  }

  /** The first generation is about to start: what is touched while it boots may be as it was. */
  async begin(now: number): Promise<void> {
    const files = await below(this.spec.cwd, (name) => conventional(name) || runtimes.isCode(name));
    await this.know(files.map(realPathOf), [], now);
  }

  /** No generation has what these are now. */
  forget(files: readonly string[]): void {
    for (const file of files) this.known.delete(realPathOf(file));
  }

  /** Files in the server's folder. */
  private async beside(matches: (name: string) => boolean): Promise<string[]> {
    const entries = await readdir(this.spec.cwd).catch(() => []);
    return entries.filter((name) => matches(name)).map((name) => realPathOf(path.join(this.spec.cwd, name)));
  }

  /** The generation that serves has used more since it was learned what it loaded. Returns what is new of it; undefined: nothing that matters. */
  async learnMore(used: UsedFiles, startedAt: number): Promise<readonly string[] | undefined> {
    this.wrote(used);
    const all = this.takenBy(used, this.loaded);
    // What is read anew each time was taken for kept.
    for (const file of used.rereads) all.delete(file);
    this.follow(all, startedAt);
    const more = [...all].filter((file) => !this.loaded.has(file));
    const isSame = more.length === 0 && all.size === this.loaded.size && used.wholes.size === this.whole.size;
    this.loaded = all;
    this.whole = used.wholes;
    this.wanted = new Wanted(used, all, startedAt, this.wanted);
    await this.know(more, used.makes, startedAt);
    return isSame ? undefined : more;
  }

  /** A generation failed that had come so far. Returns what it was the first to use, and has changed meanwhile. */
  async attempt(used: UsedFiles, startedAt: number): Promise<string[]> {
    this.wrote(used);
    const before = this.files;
    const files = this.takenBy(used, []);
    this.attempted = { files, wanted: new Wanted(used, files, startedAt) };
    await this.know(files, used.makes, startedAt);
    const changed = await this.changedSince(startedAt);
    return [...changed.filter((file) => !before.has(file)), ...this.appeared];
  }

  /** What was looked for in vain, and is there. */
  get appeared(): readonly string[] {
    const found = [...this.wanted.found, ...this.attempted.wanted.found];
    return found.filter((file) => !this.isUsed(file));
  }

  /** What a generation writes is its data. */
  wrote(used: UsedFiles): void {
    for (const file of used.writes) this.data.add(file);
  }

  /** What generations that boot make. */
  makes(booting: readonly UsedFiles[]): void {
    this.making = new Set(booting.flatMap(({ makes }) => [...makes]));
  }

  /** With what links lead to: it is there that it is saved. */
  private follow(files: Set<string>, startedAt: number): Set<string> {
    this.links = new Links(files, startedAt);
    for (const real of this.links.reals) files.add(real);
    return files;
  }

  private takenBy({ reads }: UsedFiles, others: Iterable<string>): Set<string> {
    const taken = new Set([...this.named, ...others]);
    for (const file of reads) if (!taken.has(file) && isFile(file)) taken.add(file);
    return taken;
  }

  private async know(
    files: Iterable<string>,
    made: Iterable<string>,
    startedAt: number,
    madeBy = Infinity,
  ): Promise<void> {
    const makes = new Set(made);
    await Promise.all(
      [...files].map(async (file) => {
        if (this.data.has(file)) return;
        // In this order: whatever the time stamp says now was true of the content when it was read.
        const hash = await hashOf(file);
        const found = await stat(file).catch(() => undefined);
        if (found === undefined || hash === undefined) return;
        const until = makes.has(file) ? madeBy : startedAt - granularityMs;
        if (changedAt(found) <= until) this.known.set(file, hash);
      }),
    );
  }

  /** Loaded files that changed on disk since `time`, ms since the epoch. */
  async changedSince(time: number): Promise<string[]> {
    const changed = async (file: string): Promise<string[]> => {
      const found = await stat(file).catch(() => undefined);
      return found !== undefined && changedAt(found) >= time - granularityMs ? [file] : [];
    };
    return (await Promise.all([...this.files].map(changed))).flat();
  }

  /**
   * At once, since somebody has just saved it and waits: a source file takes a tenth of a millisecond.
   * `lenient`: nothing, or nothing new, serves, so it isn't known what the next one will load; any code below the server's
   * folder counts. `isLeft`: its own command restarts the server. `isUnmanaged`: what serves does not take part.
   */
  judge(file: string, lenient: boolean, { isLeft = false, isUnmanaged = false } = {}): Verdict {
    if (!isUnmanaged && this.links.has(file) && this.links.takeChange(file)) return 'changed';
    const real = realPathOf(file);
    let read: string | undefined;
    const hash = (): string => (read ??= contentHash(real) ?? absent);
    const why = whyIgnored({
      file: real,
      isUnmanaged: () => isUnmanaged,
      isLoaded: () =>
        this.counts(real, lenient) && (this.isUsed(real) || hash() !== absent || lenient) && !isFolder(real), // what appears in it is told, too
      isExcluded: () => this.byHand.isExcluded(real),
      isLeftToItsCommand: () => isLeft,
      isData: () => this.isData(real),
      isUnchanged: () => this.known.get(real) === hash(),
    });
    if (why !== undefined) return why;
    this.known.set(real, hash());
    return 'changed';
  }

  /** Folders to watch whole for the files that somebody named. */
  get trees(): readonly string[] {
    return this.byHand.trees;
  }

  /** Whether the file is one whose change would matter, whatever its content. */
  counts(file: string, lenient: boolean): boolean {
    if (this.isUsed(file)) return true;
    if (this.whole.has(path.dirname(file))) return true;
    if (this.wanted.has(file) || this.attempted.wanted.has(file)) return true;
    const relative = path.relative(this.spec.cwd, file);
    if (this.byHand.has(file) || this.links.has(file)) return true;
    if (relative.startsWith('..') || path.isAbsolute(relative)) return false;
    if (conventional(relative)) return true;
    if (runtimes.isDependency(file)) return false;
    return lenient ? runtimes.isCode(file) : !this.complete && runtimes.mayGoUnreported(file);
  }

  /** As `counts`, as far as is known without looking: asked for every file that is written beside those that do. */
  mayCount(file: string): boolean {
    return !this.data.has(file) && this.counts(file, true);
  }

  /** Unless the user says that it counts. */
  private isData(file: string): boolean {
    if (this.byHand.isUsers(file)) return false;
    if (this.data.has(file) || this.making.has(file)) return true;
    return !runtimes.isCode(file) && (isNamedAsData(file) || isDatabase(file));
  }
}
