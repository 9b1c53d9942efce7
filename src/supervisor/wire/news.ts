/**
 * What clients are told, a moment after it happened. Whoever reads it needs a core; in the few milliseconds of a swap
 * the new code needs it more, and so does the supervisor, which would have to write it down twenty times.
 */
import type { Clock } from '../../shared/clock.ts';

/** Longer than most swaps, too short for a person to see. */
const delayMs = 40;

export class News<Item> {
  private readonly clock: Clock;
  private readonly deliver: (item: Item) => void;
  private pending: Item[] = [];
  private timer: { cancel(): void } | undefined;

  constructor(clock: Clock, deliver: (item: Item) => void) {
    this.clock = clock;
    this.deliver = deliver;
  }

  add(item: Item): void {
    this.pending.push(item);
    this.timer ??= this.start();
  }

  /** What waits already waits as long again: a swap begins. */
  postpone(): void {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = this.start();
  }

  /** At once, in order: before an answer, say, that comes after it. */
  flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const { pending } = this;
    this.pending = [];
    for (const item of pending) this.deliver(item);
  }

  private start(): { cancel(): void } {
    return this.clock.setTimeout(() => this.flush(), delayMs);
  }
}
