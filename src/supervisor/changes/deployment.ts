/** From changed files to one swap of what is made of them: when it is whole, and only if it is. */
import path from 'node:path';
import { isCode, isDependency } from '../../runtimes/registry.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Cause } from '../../shared/model.ts';
import type { ServerSpec, WatcherGlobs } from '../../shared/spec.ts';
import type { Server } from '../servers/server.ts';

/** A save for which no builder has done anything for so long (ms) was none of its sources. */
const patienceMs = 10_000;

export class Deployment {
  private readonly server: Server;
  private readonly clock: Clock;
  private readonly sweep: (since: number) => Promise<readonly string[]>;
  /** What has changed and no generation was started of. */
  private readonly owed = new Set<string>();
  private cause: Pick<Cause, 'kind' | 'at'> | undefined;
  /** Saved, and somebody may be building of it. */
  private source: Cause | undefined;
  private builtSince: number | undefined;
  private working = false;
  private again = false;

  /** `sweep`: finds what is loaded and new since then (ms since the epoch). */
  constructor(server: Server, clock: Clock, sweep: (since: number) => Promise<readonly string[]>) {
    this.server = server;
    this.clock = clock;
    this.sweep = sweep;
  }

  /** True if the file, of which no generation knows, may be a source of what builders make. */
  mayBeBuilt(file: string, at: number): boolean {
    if (!this.server.parts.hasBuilders || !isCode(file) || isDependency(file)) return false;
    const before = this.source === undefined || at - this.source.at > patienceMs ? undefined : this.source;
    const files = [...new Set([...(before?.files ?? []), file])];
    this.source = { kind: 'save', files, at: before?.at ?? at };
    return true;
  }

  /** Resolves when the swap is over, or waits for a build. */
  async deploy(cause: Cause): Promise<void> {
    if (!this.server.parts.isUp) {
      await this.server.swap(cause);
      return;
    }
    for (const file of cause.files) this.owed.add(file);
    this.cause ??= cause;
    await this.work();
  }

  /** All builders are whole; what they wrote since then (ms since the epoch) is new. `at`: when they began. */
  async built(since: number, at: number): Promise<void> {
    this.cause ??= { kind: 'disk', at };
    this.builtSince = Math.min(since, this.builtSince ?? since);
    await this.work();
  }

  private async work(): Promise<void> {
    this.again = true;
    if (this.working) return;
    this.working = true;
    try {
      while (this.again) {
        this.again = false;
        await this.once();
      }
    } finally {
      this.working = false;
    }
  }

  private async once(): Promise<void> {
    const { parts } = this.server;
    const { cause } = this;
    const since = cause?.at ?? this.builtSince ?? this.clock.now();
    const sources = [...this.owed].filter((file) => parts.isSource(file));
    const mayBeBuilt = [...this.owed].some(isCode);
    this.cause = undefined;
    const wasDown = this.server.status.state === 'down';
    const unmade = await parts.settled(sources, mayBeBuilt ? since : 0);
    if (unmade !== undefined) return; // what is owed stays
    for (const file of await this.sweep(Math.min(this.builtSince ?? since, since))) this.owed.add(file);
    this.builtSince = undefined;
    // A source that was saved meanwhile is not in what was made.
    const files = [...this.owed].filter((file) => sources.includes(file) || !parts.isSource(file));
    for (const file of files) this.owed.delete(file);
    // What nothing could be started of may be what is mended now.
    if (files.length === 0 && (cause === undefined || !wasDown)) return;
    const known = sources.length === 0 ? files : sources;
    void this.server.swap(this.causeOf(known, cause ?? { kind: 'disk', at: since }));
  }

  /** A person knows the source, not what was made of it. */
  private causeOf(files: readonly string[], seen: Pick<Cause, 'kind' | 'at'>): Cause {
    const { source } = this;
    this.source = undefined;
    if (source !== undefined && this.clock.now() - source.at < patienceMs) return source;
    return { ...seen, files };
  }
}

/** What steps read counts as loaded: what they write is. `attended`: what counts where nobody reports what is loaded. */
export function withSources(
  spec: ServerSpec,
  attended: WatcherGlobs | undefined,
): Pick<ServerSpec, 'command' | 'cwd' | 'watch' | 'watcher'> {
  const { steps = [], last = [] } = spec.pipeline ?? {};
  const globs = [...steps, ...last].flatMap(({ reads, cwd }) => {
    const folder = path.relative(spec.cwd, cwd);
    return reads.map((glob) => (folder === '' ? glob : `${folder}/${glob}`));
  });
  const { command, cwd, watch, watcher } = spec;
  const all = [watcher, attended].filter((one) => one !== undefined);
  const both = {
    watch: all.flatMap((one) => one.watch),
    ignore: all.flatMap((one) => one.ignore),
  };
  return {
    command,
    cwd,
    watch: [...watch, ...new Set(globs)],
    ...(all.length === 0 ? {} : { watcher: both }),
  };
}

/** Where this is the same, the same files count. */
export function watched({ command, cwd, watch, watcher, watchDisk, pipeline }: ServerSpec): string {
  return JSON.stringify([command, cwd, watch, watcher, watchDisk, pipeline]);
}
