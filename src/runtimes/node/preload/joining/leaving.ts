/** How this process ends: when its clients are gone, and as after a signal. */
import type { Drain } from '../traffic/drain.ts';
import type { ServedListener } from '../sockets/served-listener.ts';
import { bePoliteForGood } from '../engine/politeness.ts';
import { wait } from '../engine/wait.ts';

/** What comes after the drain has this long; the supervisor waits five seconds for the end. */
const lateMs = 3000;
const beatMs = 1000;

export class Leaving {
  isUnderWay = false;
  private onQuiet = (): void => undefined;

  /**
   * As after `signal`: the app's own handlers run if it has any. `last` is called just before, `passing` as long as it
   * stays for requests that it passed on.
   */
  begin(
    signal: NodeJS.Signals,
    drain: Drain | undefined,
    listeners: readonly ServedListener[],
    events: { readonly last: () => void; readonly passing: () => void },
  ): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    const leave = (): void => {
      if (drain?.isLast === false) bePoliteForGood(); // it has a successor, and nobody waits for its end
      events.last();
      if (process.listenerCount(signal) > 0) process.kill(process.pid, signal);
      else process.exit(0);
    };
    if (drain?.isOver !== true) leave();
    else void this.late(drain, listeners, events.passing).then(leave);
  }

  connectionClosed(): void {
    this.onQuiet();
  }

  /** An older generation, or a client of ours, may have sent a request just before it heard of our successor. */
  private async late(drain: Drain, listeners: readonly ServedListener[], passing: () => void): Promise<void> {
    const beat = setInterval(() => {
      if (drain.isPassing) passing();
    }, beatMs);
    await Promise.race([this.quiet(drain, listeners), wait(lateMs)]);
    // Our own time is over; others work on these.
    while (drain.isPassing) await this.nextClosed();
    clearInterval(beat);
  }

  private async quiet(drain: Drain, listeners: readonly ServedListener[]): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.closeDoor()));
    while (drain.busy) await this.nextClosed();
  }

  private nextClosed(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.onQuiet;
      this.onQuiet = () => {
        before();
        resolve();
      };
    });
  }
}
