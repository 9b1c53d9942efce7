/** Changes on disk near the loaded files, coalesced: a checkout that touches forty files is one call. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { GitLock } from './git-lock.ts';
import { Pace } from './pace.ts';
import { Rebuild } from './rebuild.ts';
import { Sight } from './sight.ts';
import { filesIn, statOf } from '../../shared/stat.ts';

/**
 * A burst is over when nothing changed for this long (ms). One file is written, as a rule; a missing one is half of a
 * save, and so may be one that ends with a block; many are a checkout. An empty file is about to be written, by somebody
 * who may have to wait for a processor.
 */
const quietMs = { one: 3, unfinished: 10, many: 20, empty: 200 } as const;
/** Whoever writes a file in pieces makes them of so many bytes, or of a multiple of it. */
const block = 4096;
/** Node's timers are late by this much (ms) in a process that has nothing else to do. */
const lateMs = 5;
/** A file that is gone may be about to come back: some editors move the old one away first (ms). */
const goneMs = 100;
/** A burst that goes on is told in pieces of so long (ms), so that its author sees something. */
const longMs = 2000;
/** While git is at work: between looks, and how long it may write nothing of what is loaded (ms). */
const gitMs = { look: 20, quiet: 250, most: 10_000 } as const;
/** Between looks at what a build has yet to write (ms). */
const rebuildMs = 50;

export class DiskWatcher {
  private readonly sight: Sight;
  private files: readonly string[] = [];
  private readonly clock: Clock;
  private readonly onFirst: () => void;
  private readonly matters: (file: string) => boolean;
  private readonly onChange: (files: readonly string[], time: number) => void;
  private readonly pace = new Pace();
  private readonly git = new GitLock();
  private readonly rebuild = new Rebuild();
  private pending = new Set<string>();
  private first = 0;
  private last = 0;
  private quiet: { cancel(): void } | undefined;

  /**
   * `trees`: folders that are watched with all below them.
   * `matters`: asked for every file that changes beside a loaded one.
   * `onFirst`: at the first sign of a burst.
   * `onChange`: with the time of the burst's first change, ms since the epoch.
   * `onNotice`: of what is seen otherwise than by being told.
   */
  constructor(
    clock: Clock,
    trees: readonly string[],
    matters: (file: string) => boolean,
    onFirst: () => void,
    onChange: (files: readonly string[], time: number) => void,
    onNotice: (message: string) => void,
  ) {
    this.clock = clock;
    this.onFirst = onFirst;
    this.matters = matters;
    this.onChange = onChange;
    this.sight = new Sight(clock, trees, {
      matters,
      changed: (file) => this.note(file),
      replaced: (folder) => this.replaced(folder),
      notice: onNotice,
    });
  }

  /** `folders`: where others are waited for. */
  update(files: Iterable<string>, folders: Iterable<string> = []): void {
    this.files = [...files];
    this.sight.update(this.files, folders);
  }

  async close(): Promise<void> {
    this.quiet?.cancel();
    await this.sight.close();
  }

  /** What was told has become a swap: many of them in a row come ever later. */
  swapped(): void {
    this.pace.spend(this.clock.now());
  }

  /** It has changed, whoever saw it. */
  note(file: string): void {
    const now = this.clock.now();
    const isFirst = this.pending.size === 0;
    if (isFirst) this.first = now;
    this.last = now;
    this.pending.add(file);
    const longest = Math.max(0, this.first + longMs - now);
    this.flushAfter(Math.min(longest, this.patienceWith(file)), false);
    if (isFirst) this.onFirst(); // in the time that is waited anyway
  }

  noteAll(files: Iterable<string>): void {
    for (const file of files) this.note(file);
  }

  private replaced(folder: string): void {
    const known = this.files.filter((file) => path.dirname(file) === folder);
    if (known.length > 0) this.rebuild.begins(folder, this.clock.now());
    this.noteAll(new Set([...known, ...filesIn(folder).filter(this.matters)]));
  }

  private patienceWith(file: string): number {
    const found = statOf(file);
    if (this.pending.size > 1) return quietMs.many;
    return (found?.size ?? 0) % block === 0 ? quietMs.unfinished : quietMs.one;
  }

  /** `again`: how often a clock that comes late, and so has not watched what it was to, is set once more. */
  private flushAfter(ms: number, patient: boolean, again = 3): void {
    this.quiet?.cancel();
    const due = this.clock.now() + ms;
    this.quiet = this.clock.setTimeout(() => {
      if (again > 0 && this.clock.now() > due + lateMs) {
        this.flushAfter(ms, patient, again - 1);
        return;
      }
      const later = this.notYet();
      if (later > 0) this.flushAfter(later, patient, 0);
      else this.flush(patient);
    }, ms);
  }

  /** For how long (ms) it is too early to tell of anything. */
  private notYet(): number {
    const now = this.clock.now();
    const goesOn = now - this.last < gitMs.quiet && now - this.first < gitMs.most;
    if (goesOn && [...this.pending].some((file) => this.git.isHeld(file))) return gitMs.look;
    return this.pace.delay(now);
  }

  /** `patient`: it was waited for what is gone or empty. */
  private flush(patient: boolean): void {
    const now = this.clock.now();
    const mayWait = !patient && now - this.first < longMs;
    if (mayWait && [...this.pending].some((file) => statOf(file)?.size === 0)) {
      this.flushAfter(quietMs.empty, true);
      return;
    }
    const [there, gone]: [string[], string[]] = [[], []];
    for (const file of this.pending) {
      if (this.rebuild.takes(file, now)) continue;
      (patient || existsSync(file) ? there : gone).push(file);
    }
    there.push(...this.rebuild.done(now));
    this.pending = new Set(gone);
    if (gone.length > 0) this.flushAfter(goneMs, true);
    else if (this.rebuild.isWaiting) this.flushAfter(rebuildMs, patient, 0);
    if (there.length === 0) return;
    this.onChange(there, this.first);
  }
}
