/** What the processes of one generation did to files, as they tell it (runtimes/protocol/journal.ts). */
import { closeSync, fstatSync, openSync, readSync, rmSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import path from 'node:path';
import { journalsOf, parseEntry, threadsJournalOf } from '../../runtimes/protocol/journal.ts';
import type { Deed, Entry, ProcessNote } from '../../runtimes/protocol/journal.ts';

/** What of it is the app's, or has its effect on the app. */
export interface UsedFiles {
  /** Once, by who may have kept it; not what it watches itself. */
  readonly reads: ReadonlySet<string>;
  /** When that was told for the first time (ms since the epoch), of those of which it is known. */
  readonly readBy: ReadonlyMap<string, number>;
  /** Folders of which more was read than is told file by file. */
  readonly wholes: ReadonlySet<string>;
  /** More than once, by who serves: none of `reads`. */
  readonly rereads: ReadonlySet<string>;
  /** Its data. */
  readonly writes: ReadonlySet<string>;
  /** Where there was none, while it booted. */
  readonly makes: ReadonlySet<string>;
  /** While it booted, and in vain. */
  readonly seeks: ReadonlySet<string>;
  /** Modules in vain, by their name with any ending. */
  readonly needs: ReadonlySet<string>;
  /** Files and folders whose changes it takes up itself. */
  readonly watches: ReadonlySet<string>;
  /** Folders. */
  readonly lists: ReadonlySet<string>;
  /** Of its data, what it has read and watches: what others write there it takes up. */
  readonly shared: ReadonlySet<string>;
  /** Read or looked for by the programs that started it, or for it. */
  readonly byWrappers: ReadonlySet<string>;
}

type Files = Record<Exclude<Deed, 'process' | 'told'>, Set<string>>;

interface ProcessRecord {
  note: ProcessNote;
  readonly files: Files;
  /** Of the last line that said one. */
  toldAt: number | undefined;
}

const unknown: ProcessNote = { by: [], own: false };

export class Journal {
  private readonly folder: string;
  private readonly main: Tail;
  private readonly threads = new Map<number, Tail>();
  private readonly processes = new Map<number, ProcessRecord>();
  private watcher: FSWatcher | undefined;
  private readonly readBy = new Map<string, number>();
  /** Lines, so far and when it was last asked. */
  private told = 0;
  private heard = 0;

  /** `folder`: the supervisor's own. */
  constructor(folder: string, token: string) {
    this.folder = journalsOf(folder);
    this.main = new Tail(path.join(this.folder, token));
  }

  /** As of now. `serving`: the processes that listen; none of a generation that never did. */
  used(serving: readonly number[]): UsedFiles {
    this.update();
    const used = noFiles();
    const byWrappers = new Set<string>();
    for (const [pid, { note, files }] of this.processes) {
      const isServer = serving.includes(pid);
      const isHelper = note.helps === true || note.by.some((above) => serving.includes(above));
      const isWrapper = serving.some((one) => this.processes.get(one)?.note.by.includes(pid));
      const isAlone = serving.length === 0;
      if (isWrapper) addAll(byWrappers, files.reads, files.seeks);
      if (isServer || isWrapper) addAll(byWrappers, files.begins);
      if (isServer || isWrapper || isAlone || note.own) addAll(used.reads, files.begins, files.reads);
      if (isServer || isWrapper || isAlone) addAll(used.seeks, files.seeks);
      if (isServer || note.own) addAll(used.wholes, files.wholes);
      if (isServer || isHelper) addAll(used.watches, files.watches);
      if (isServer || isHelper || (isAlone && note.own)) {
        addAll(used.writes, files.writes);
        addAll(used.makes, files.makes);
      }
      if (isServer || isAlone || (isHelper && note.own)) {
        addAll(used.needs, files.needs);
        addAll(used.lists, files.lists);
      }
      for (const file of files.rereads) if (isServer || isHelper) used.rereads.add(file);
    }
    const isWatched = (file: string): boolean =>
      used.watches.has(file) || used.watches.has(path.dirname(file));
    const shared = new Set(
      [...used.writes].filter((file) => (used.reads.has(file) || used.rereads.has(file)) && isWatched(file)),
    );
    for (const file of used.rereads) used.reads.delete(file);
    // Vite's sources, json-server's database: a new process would lose what the server makes of their change.
    for (const file of used.reads) if (isWatched(file)) used.reads.delete(file);
    return { ...used, shared, byWrappers, readBy: this.readBy };
  }

  /** Whether there is more, since it was last asked, than what they wrote. */
  hasNews(): boolean {
    this.update();
    const before = this.heard;
    this.heard = this.told;
    return before !== this.told;
  }

  /** Whether a process told something that runs code of the server's own: no package manager, no runner. */
  tellsOfOwn(): boolean {
    this.update();
    return [...this.processes.values()].some(({ note }) => note.own);
  }

  /** Whether this process told anything. */
  tellsOf(pid: number): boolean {
    this.update();
    return this.processes.has(pid);
  }

  /** From here on, whenever there is more. */
  watch(onGrowth: () => void): void {
    if (this.watcher !== undefined) return;
    try {
      this.watcher = watch(this.folder, { persistent: false }, (_event, name) => {
        const file = path.join(this.folder, name ?? '');
        const isOurs = this.main.file === file || this.processes.has(Number(name));
        if (isOurs) onGrowth();
      });
      this.watcher.on('error', () => undefined); // then it is known when it is asked for
    } catch {
      // as above
    }
  }

  /** No process of it is left. */
  close(): void {
    this.watcher?.close();
    for (const { file } of [this.main, ...this.threads.values()]) rmSync(file, { force: true });
  }

  private update(): void {
    for (const line of this.main.lines()) this.take(parseEntry(line));
    for (const pid of this.processes.keys()) {
      let tail = this.threads.get(pid);
      if (tail === undefined) this.threads.set(pid, (tail = new Tail(threadsJournalOf(this.folder, pid))));
      for (const line of tail.lines()) this.take(parseEntry(line));
    }
  }

  private take(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const { pid, deed, about } = entry;
    // A thread of Node's own may have something to tell before its process has.
    const record = this.processes.get(pid) ?? { note: unknown, files: noFiles(), toldAt: undefined };
    this.processes.set(pid, record);
    if (deed === 'process') record.note = JSON.parse(about) as ProcessNote;
    else if (deed === 'told') record.toldAt = Number(about);
    else record.files[deed].add(about);
    if (deed === 'reads' && record.toldAt !== undefined && !this.readBy.has(about))
      this.readBy.set(about, record.toldAt);
    if (deed !== 'writes' && deed !== 'makes' && deed !== 'told') this.told += 1;
  }
}

/** What was appended to a file since the last look at it. */
class Tail {
  readonly file: string;
  private offset = 0;

  constructor(file: string) {
    this.file = file;
  }

  lines(): string[] {
    return this.read().split('\n').slice(0, -1);
  }

  private read(): string {
    let fd: number;
    try {
      fd = openSync(this.file, 'r');
    } catch {
      return ''; // nobody has told anything yet
    }
    try {
      const piece = Buffer.alloc(Math.max(0, fstatSync(fd).size - this.offset));
      const length = readSync(fd, piece, 0, piece.length, this.offset);
      // What is cut in the middle of a character is no line yet.
      const whole = piece.lastIndexOf('\n', length - 1) + 1;
      this.offset += whole;
      return piece.toString('utf8', 0, whole);
    } finally {
      closeSync(fd);
    }
  }
}

function noFiles(): Files {
  const none = (): Set<string> => new Set();
  return {
    reads: none(),
    rereads: none(),
    begins: none(),
    writes: none(),
    makes: none(),
    seeks: none(),
    needs: none(),
    lists: none(),
    wholes: none(),
    watches: none(),
  };
}

function addAll(to: Set<string>, ...froms: readonly ReadonlySet<string>[]): void {
  for (const from of froms) for (const one of from) to.add(one);
}
