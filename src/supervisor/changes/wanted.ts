/** Files that are not there, and whose appearance is a change of the app: it looked for them, and went without. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { filesIn, statOf } from '../../shared/stat.ts';
import type { UsedFiles } from '../generations/generation.ts';
import { isDependency } from '../../runtimes/registry.ts';
import { isFolder } from '../disk/contents.ts';
import { isNamedAsData } from './data.ts';

/** Looked at one by one: who asks for more has a list of all that might be, of which a folder says as much. */
const most = 2000;

export class Wanted {
  private readonly files: ReadonlySet<string>;
  /** Without their ending: who writes TypeScript asks for `./x.js` and means `x.ts`. */
  private readonly modules: ReadonlySet<string>;
  /** Folder → endings of what was taken from it; none: the folder is not there. */
  private readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folder in whose folders it looked, too → endings of what was taken from those: a new one would be looked at. */
  private readonly walked: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly there: ReadonlySet<string>;
  /** Folders that it looked into, or left alone: no new ones. */
  private readonly before: ReadonlySet<string>;

  static readonly nothing = new Wanted(undefined, new Set(), 0);

  /**
   * `taken`: what it has loaded or read. `startedAt`: what is there since then (ms since the epoch) was not there for
   * it. `before`: of the same generation.
   */
  constructor(used: UsedFiles | undefined, taken: ReadonlySet<string>, startedAt: number, before?: Wanted) {
    const { seeks = [], needs = [], lists = [] } = used ?? {};
    const isOwn = (file: string): boolean =>
      used?.makes.has(file) === true || used?.writes.has(file) === true;
    // Asked for by one name, and found by another.
    const found = new Set([...taken].map(withoutEnding));
    const isMissing = (module: string): boolean =>
      !found.has(module) && !found.has(path.join(module, 'index'));
    this.modules = new Set([...needs].slice(0, most).map(withoutEnding).filter(isMissing));
    if (before !== undefined) {
      ({
        files: this.files,
        listed: this.listed,
        walked: this.walked,
        there: this.there,
        before: this.before,
      } = before);
      return;
    }
    const isWanted = (file: string): boolean => !isNamedAsData(file) && !taken.has(file) && !isOwn(file);
    this.files = new Set([...seeks].filter(isWanted).slice(0, most));
    const listed = new Map<string, Set<string>>();
    const folders = new Set(lists);
    for (const file of taken) {
      const folder = path.dirname(file);
      if (folders.has(folder)) listed.set(folder, (listed.get(folder) ?? new Set()).add(path.extname(file)));
    }
    const walked = new Map<string, Set<string>>();
    for (const [folder, endings] of listed) {
      // In that of a whole package reports and builds appear, too.
      const isPart = (above: string): boolean =>
        folders.has(above) && !existsSync(path.join(above, 'package.json'));
      for (let above = path.dirname(folder); isPart(above); above = path.dirname(above))
        walked.set(above, new Set([...(walked.get(above) ?? []), ...endings]));
    }
    this.walked = walked;
    // Nothing could be taken from a folder that is not there.
    for (const folder of folders) if (!existsSync(folder)) listed.set(folder, new Set());
    this.listed = listed;
    this.there = new Set(
      [...listed.keys()]
        .flatMap(filesIn)
        .filter((file) => taken.has(file) || isOwn(file) || !isSince(file, startedAt)),
    );
    this.before = new Set([
      ...folders,
      ...[...walked.keys()].flatMap(filesIn).filter((one) => (statOf(one)?.birthtimeMs ?? 0) < startedAt),
    ]);
  }

  has(file: string): boolean {
    if (isNamedAsData(file)) return false;
    if (this.files.has(file)) return true;
    const folder = path.dirname(file);
    // As a folder: `x/index.js`, and `x/package.json`, which says what else.
    if (this.walked.has(folder) && this.isNew(file)) return true;
    const isEntry = /^(?:index\.[^.]+|package\.json)$/.test(path.basename(file));
    if (this.modules.has(withoutEnding(file)) || (isEntry && this.modules.has(folder))) return true;
    const endings = this.listed.get(folder) ?? this.walkedWith(folder);
    if (endings === undefined || this.there.has(file)) return false;
    return endings.size === 0 || endings.has(path.extname(file)) || this.isNew(file);
  }

  /** A folder that it would look into, and what is in it. */
  private isNew(folder: string): boolean {
    return this.walkedWith(folder) !== undefined && !isDependency(folder + path.sep) && isFolder(folder);
  }

  /** Of a folder that is new below one of those. */
  private walkedWith(folder: string): ReadonlySet<string> | undefined {
    for (let at = folder; !this.before.has(at) && path.dirname(at) !== at; at = path.dirname(at)) {
      const endings = this.walked.get(path.dirname(at));
      if (endings !== undefined) return endings;
    }
    return undefined;
  }

  /** Those that are there. */
  get found(): readonly string[] {
    return [...this.folders].flatMap(filesIn).filter((file) => this.has(file));
  }

  /** Folders that are new below those it walked through. */
  private get news(): readonly string[] {
    const below = (folder: string): string[] => filesIn(folder).filter((one) => this.isNew(one));
    const found: string[] = [];
    for (let next = [...this.walked.keys()].flatMap(below); next.length > 0; next = next.flatMap(below))
      found.push(...next);
    return found;
  }

  /** Where they would appear. */
  get folders(): ReadonlySet<string> {
    const modules = [...this.modules];
    return new Set([
      ...[...this.files, ...modules].map((file) => path.dirname(file)),
      ...modules,
      ...this.listed.keys(),
      ...this.walked.keys(),
      ...this.news,
    ]);
  }
}

function isSince(file: string, time: number): boolean {
  const found = statOf(file);
  return found !== undefined && Math.max(found.birthtimeMs, found.ctimeMs) >= time;
}

function withoutEnding(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$|\.json$|\.node$/, '');
}
