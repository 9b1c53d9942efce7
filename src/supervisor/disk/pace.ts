/**
 * How soon the next change may be told: a few at once, then one in a while as long as they go on. What somebody types
 * never comes to that; a generator that writes a file each tenth of a second would be a swap each tenth of a second.
 */
const most = 6;
/** One more each (ms). */
const everyMs = 1500;

export class Pace {
  private credit = most;
  private at = 0;

  /** For so long (ms) nothing is to be told. */
  delay(now: number): number {
    this.earn(now);
    return this.credit >= 1 ? 0 : Math.ceil((1 - this.credit) * everyMs);
  }

  /** Something was told, and was news. */
  spend(now: number): void {
    this.earn(now);
    this.credit -= 1;
  }

  private earn(now: number): void {
    // Not for a clock that was set back.
    this.credit = Math.min(most, this.credit + Math.max(0, now - this.at) / everyMs);
    this.at = now;
  }
}
