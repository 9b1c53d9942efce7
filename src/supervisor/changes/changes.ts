/** Decides whether a changed file is worth a swap: it was loaded, and its content is not what was loaded. */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import * as runtimes from '../../runtimes/registry.ts';
import { whyIgnored } from '../../shared/ignored.ts';
import type { IgnoredReason } from '../../shared/ignored.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { LoadedAnswer } from '../generations/generation.ts';

/** Read while booting by so many servers that they count as loaded although no runtime reports them. */
const conventional = picomatch([...runtimes.conventional], { dot: true });

/** File systems stamp a change with a clock that may be this much behind (ms). */
const granularityMs = 20;

export type Verdict = 'changed' | IgnoredReason;

export class Changes {
  private readonly spec: Pick<ServerSpec, 'cwd' | 'watch'>;
  private readonly matches: (relative: string) => boolean;
  private loaded: ReadonlySet<string> = new Set();
  private read: ReadonlySet<string> = new Set();
  private complete = true;
  /** Content that a generation booted from or that already caused a swap. */
  private readonly known = new Map<string, string>();

  constructor(spec: Pick<ServerSpec, 'cwd' | 'watch'>) {
    this.spec = spec;
    this.matches = spec.watch.length === 0 ? () => false : picomatch([...spec.watch], { dot: true });
  }

  /** The serving generation read it while it booted; meanwhile it may have become its writer. */
  isRead(file: string): boolean {
    return this.read.has(file);
  }

  /** False if it may have loaded others. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** App files of the serving generation. */
  get files(): ReadonlySet<string> {
    return this.loaded;
  }

  /**
   * What a generation loaded. Its content is taken as booted from only where the file is older than the
   * generation: else it may have changed in between.
   */
  async learn({ files, reads = [], complete, startedAt }: LoadedAnswer): Promise<void> {
    this.loaded = new Set([...files, ...reads]);
    // Node reads modules by the same functions; nobody writes those.
    const modules = new Set(files);
    this.read = new Set(reads.filter((file) => !modules.has(file)));
    this.complete = complete;
    await Promise.all(
      [...this.loaded].map(async (file) => {
        // In this order: whatever the time stamp says now was true of the content when it was read.
        const hash = await hashOf(file);
        const found = await stat(file).catch(() => undefined);
        if (found === undefined || changedAt(found) >= startedAt - granularityMs) return;
        if (hash !== undefined) this.known.set(file, hash);
      }),
    );
  }

  /** Loaded files that changed on disk since `time`, ms since the epoch. */
  async changedSince(time: number): Promise<string[]> {
    const all = await Promise.all(
      [...this.loaded].map(async (file) => {
        const found = await stat(file).catch(() => undefined);
        return found !== undefined && changedAt(found) >= time - granularityMs ? [file] : [];
      }),
    );
    return all.flat();
  }

  /**
   * At once, since somebody has just saved it and waits: a source file takes a tenth of a millisecond.
   * `lenient`: nothing, or nothing new, serves, so it isn't known what the next generation will load; any
   * code below the server's folder counts.
   */
  judge(file: string, lenient: boolean): Verdict {
    const real = realPathOf(file);
    let read: string | undefined;
    const hash = (): string => (read ??= contentHash(real) ?? 'absent');
    const why = whyIgnored({
      file: real,
      isLoaded: () => this.counts(real, lenient),
      isUnchanged: () => this.known.get(real) === hash(),
    });
    if (why !== undefined) return why;
    this.known.set(real, hash());
    return 'changed';
  }

  /** Folders to watch whole for the files that the user named. */
  get trees(): string[] {
    return this.spec.watch.map((glob) => path.resolve(this.spec.cwd, picomatch.scan(glob).base));
  }

  /** Whether the file is one whose change would matter, whatever its content. */
  counts(file: string, lenient: boolean): boolean {
    if (this.loaded.has(file)) return true;
    const relative = path.relative(this.spec.cwd, file);
    if (this.matches(relative)) return true;
    if (relative.startsWith('..') || path.isAbsolute(relative)) return false;
    if (conventional(relative)) return true;
    if (runtimes.isDependency(file)) return false;
    return lenient ? runtimes.isCode(file) : !this.complete && runtimes.mayGoUnreported(file);
  }
}

function changedAt(found: Stats): number {
  return Math.max(found.mtimeMs, found.ctimeMs);
}

async function hashOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content === undefined ? undefined : hashText(content);
}

function contentHash(file: string): string | undefined {
  try {
    return hashText(readFileSync(file));
  } catch {
    return undefined;
  }
}

function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file; // not there any more
  }
}

function hashText(content: Buffer): string {
  return createHash('sha1').update(content).digest('base64');
}
