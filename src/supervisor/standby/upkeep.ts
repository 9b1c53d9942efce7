/** Whether a standby is worth its memory: asked now and then while one waits. */
import { freemem, totalmem } from 'node:os';
import type { Clock } from '../../shared/clock.ts';

const checkMs = 60_000;
/** A standby that nobody wants for this long (ms) gives its memory back. */
const unusedMs = 30 * 60_000;
/** Less free memory than this share of all, and a standby is a luxury. */
const shortOfMemory = 0.05;

export class Upkeep {
  private readonly clock: Clock;
  private readonly onTooDear: (why: string) => void;
  private check: { cancel(): void } | undefined;

  constructor(clock: Clock, onTooDear: (why: string) => void) {
    this.clock = clock;
    this.onTooDear = onTooDear;
  }

  get isShortOfMemory(): boolean {
    return freemem() < totalmem() * shortOfMemory;
  }

  /** One waits `since` (ms since the epoch), until `end`. */
  watch(since: number): void {
    this.end();
    this.check = this.clock.setTimeout(() => {
      if (this.isShortOfMemory) this.onTooDear('the machine is short of memory');
      else if (this.clock.now() - since > unusedMs) this.onTooDear('it was not used for a while');
      else this.watch(since);
    }, checkMs);
  }

  end(): void {
    this.check?.cancel();
  }
}
