/** What a standby has read already: were it to change, the standby would not be what a cold start is. */
import { setImmediate } from 'node:timers/promises';
import { isDependency } from '../../runtimes/registry.ts';
import { statOf } from '../../shared/stat.ts';

/** Files looked at before others get their turn. */
const slice = 200;

/** How old (ms) a look at them may be: as long as a save takes from its first sign to the swap. */
const freshMs = 100;

export class Consumed {
  private readonly stamps = new Map<string, string>();
  private latest: { readonly look: Look; readonly at: number } | undefined;

  /** As the files are now, before anybody reads them. */
  static async of(files: readonly string[]): Promise<Consumed> {
    const consumed = new Consumed();
    for (const [index, file] of [...new Set(files)].entries()) {
      consumed.stamps.set(file, stampOf(file));
      if (index % slice === slice - 1) await setImmediate();
    }
    return consumed;
  }

  /** Looks while there is time, if nobody has just now. Resolves to the first file that is not as it was. */
  async lookAhead(now: number): Promise<string | undefined> {
    return this.isFresh(now) ? undefined : await this.begin(now).inSlices();
  }

  /**
   * The first file that is not as it was; takes only what a look ahead has left to do. That began with the first file
   * that was saved: others may have been since, and those that people save are few.
   */
  changed(now: number): string | undefined {
    const look = this.isFresh(now) ? this.latest?.look : undefined;
    return (look ?? this.begin(now)).atOnce() ?? (look === undefined ? undefined : this.changedByHand());
  }

  private changedByHand(): string | undefined {
    for (const [file, stamp] of this.stamps) if (!isDependency(file) && stampOf(file) !== stamp) return file;
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
  private readonly rest: Iterator<[string, string]>;
  private found: string | undefined;
  private done = false;

  constructor(stamps: ReadonlyMap<string, string>) {
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
      if (next.done === true) this.done = true;
      else if (stampOf(next.value[0]) !== next.value[1]) {
        this.found = next.value[0];
        this.done = true;
      }
    }
    return this.done;
  }
}

function stampOf(file: string): string {
  const found = statOf(file);
  // Package managers give new files old times of modification, but nobody can set the time of change.
  return found === undefined ? '' : `${String(found.ino)} ${String(found.size)} ${String(found.ctimeMs)}`;
}
