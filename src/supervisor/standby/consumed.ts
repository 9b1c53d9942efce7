/** What a standby has read already: were it to change, the standby would not be what a cold start is. */
import { setImmediate } from 'node:timers/promises';
import { isCode, isDependency } from '../../runtimes/registry.ts';
import type { RanAhead } from '../../runtimes/protocol/standby.ts';
import { MissingNames } from './missing-names.ts';
import { isAsBefore, stampOf } from './stamps.ts';
import type { Use } from './stamps.ts';

/** Files looked at before others get their turn. */
const slice = 200;

/** How old (ms) a look at them may be: as long as a save takes from its first sign to the swap. */
const freshMs = 100;

interface Stamp {
  readonly use: Use;
  readonly stamp: string;
}

/** How what was consumed compares with what is there. */
export interface Difference {
  /** Files that are not as they were. */
  readonly changed: readonly string[];
  /** Looks at what is left, and resolves to those of it that have changed as well. Undefined: nothing is left. */
  readonly later: (() => Promise<readonly string[]>) | undefined;
}

export class Consumed {
  private readonly stamps = new Map<string, Stamp>();
  /** Of files that it may read. */
  private readonly expected = new Map<string, string>();
  private readonly missing = new MissingNames();
  private latest: { readonly look: Look; readonly at: number } | undefined;

  /** As the files are now, before anybody reads them. `expected`: it is said later which of these it has read. */
  static async of(files: readonly string[], expected: Iterable<string> = []): Promise<Consumed> {
    const consumed = new Consumed();
    let looked = 0;
    const pause = async (): Promise<void> => {
      if ((looked += 1) % slice === 0) await setImmediate();
    };
    for (const file of new Set(files)) {
      consumed.stamps.set(file, { use: 'read', stamp: stampOf(file, 'read') });
      await pause();
    }
    for (const file of expected) {
      consumed.expected.set(file, stampOf(file, 'read'));
      await pause();
    }
    return consumed;
  }

  /** What a process has used that began at `since` (ms since the epoch). Returns what may have changed meanwhile. */
  used({ read, listed, asked }: RanAhead, since: number): string | undefined {
    this.missing.begin([...read, ...asked]);
    for (const [use, places] of [
      ['read', read],
      ['listed', listed],
      ['asked', asked],
    ] as const) {
      for (const place of places) {
        if (this.stamps.has(place)) continue;
        const expected = use === 'read' ? this.expected.get(place) : undefined;
        if (expected === undefined && !isAsBefore(place, use, since)) return place;
        const stamp = expected ?? stampOf(place, use);
        if (stamp === '' && use !== 'listed' && expected === undefined) this.missing.add(place);
        this.stamps.set(place, { use, stamp });
      }
    }
    this.expected.clear();
    return undefined;
  }

  /** Looks while there is time, if nobody has just now. Resolves to the first file that is not as it was. */
  async lookAhead(now: number): Promise<string | undefined> {
    return this.isFresh(now) ? undefined : await this.begin(now).inSlices();
  }

  /**
   * The first file that is not as it was; takes only what a look ahead has left to do. That began with the first file
   * that was saved: others may have been since, and those that people save are few. `others`: are another, whatever the disk says.
   */
  changed(now: number, others: readonly string[] = []): string | undefined {
    const other = others.find((file) => this.stamps.has(file));
    if (other !== undefined) return other;
    const look = this.isFresh(now) ? this.latest?.look : undefined;
    return (look ?? this.begin(now)).atOnce() ?? (look === undefined ? undefined : this.changedByHand());
  }

  /**
   * Undefined if one has changed that must not: only `allowed` may. `others` have, whatever the disk says. If there are
   * some, it is known what was saved: that other code has changed, too, is unlikely, and most of it is left for later.
   */
  changes(others: readonly string[], allowed: ReadonlySet<string>): Difference | undefined {
    const changed = new Set(others.filter((file) => this.stamps.has(file)));
    const isKnown = others.length > 0;
    const code: string[] = [];
    for (const file of this.missing.found()) changed.add(file);
    for (const [file, { use, stamp }] of this.stamps) {
      if (this.missing.has(file)) continue;
      if (isKnown && use === 'read' && isCode(file)) code.push(file);
      else if (stampOf(file, use) !== stamp) changed.add(file);
    }
    for (const file of this.changedOf(code.splice(0, slice))) changed.add(file);
    // Where one is gone, another may be found in its place.
    const may = (file: string): boolean => allowed.has(file) && stampOf(file, 'read') !== '';
    if (![...changed].every(may)) return undefined;
    const rest = code.filter((file) => !changed.has(file));
    return { changed: [...changed], later: rest.length === 0 ? undefined : () => this.changedLater(rest) };
  }

  private async changedLater(files: readonly string[]): Promise<readonly string[]> {
    const changed: string[] = [];
    for (let from = 0; from < files.length; from += slice) {
      await setImmediate();
      changed.push(...this.changedOf(files.slice(from, from + slice)));
    }
    return changed;
  }

  private changedOf(files: readonly string[]): string[] {
    return files.filter((file) => {
      const known = this.stamps.get(file);
      return known !== undefined && stampOf(file, known.use) !== known.stamp;
    });
  }

  private changedByHand(): string | undefined {
    for (const [file, { use, stamp }] of this.stamps)
      if (!isDependency(file) && stampOf(file, use) !== stamp) return file;
    return undefined;
  }

  private isFresh(now: number): boolean {
    return this.latest !== undefined && now - this.latest.at < freshMs;
  }

  private begin(now: number): Look {
    const look = new Look(this.stamps);
    this.latest = { look, at: now };
    return look;
  }
}

/** At each of the files once. A thousand take about three milliseconds. */
class Look {
  private readonly rest: Iterator<[string, Stamp]>;
  private found: string | undefined;
  private done = false;

  constructor(stamps: ReadonlyMap<string, Stamp>) {
    this.rest = stamps.entries();
  }

  /** Others get their turn meanwhile. */
  async inSlices(): Promise<string | undefined> {
    while (!this.isOver(slice)) await setImmediate();
    return this.found;
  }

  /** What is left of it. */
  atOnce(): string | undefined {
    this.isOver(Infinity);
    return this.found;
  }

  private isOver(most: number): boolean {
    for (let looked = 0; looked < most && !this.done; looked += 1) {
      const next = this.rest.next();
      if (next.done === true) {
        this.done = true;
        break;
      }
      const [file, { use, stamp }] = next.value;
      if (stampOf(file, use) === stamp) continue;
      this.found = file;
      this.done = true;
    }
    return this.done;
  }
}
