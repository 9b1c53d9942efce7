/** How this process ends: when its clients are gone, and as after a signal. */
import type { Drain } from '../traffic/drain.ts';
import type { ServedListener } from '../sockets/served-listener.ts';
import { bePoliteForGood } from '../engine/politeness.ts';
import { wait } from '../engine/wait.ts';

/** What comes after the drain has this long; the supervisor waits five seconds for the end. */
const lateMs = 3000;

export class Leaving {
  isUnderWay = false;
  private onQuiet = (): void => undefined;

  /** As after `signal`: the app's own handlers run if it has any. `last` is called just before. */
  begin(
    signal: NodeJS.Signals,
    drain: Drain | undefined,
    listeners: readonly ServedListener[],
    last: () => void,
  ): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    const leave = (): void => {
      last();
      if (process.listenerCount(signal) > 0) process.kill(process.pid, signal);
      else process.exit(0);
    };
    if (drain !== undefined) bePoliteForGood(); // it has a successor, and nobody waits for its end
    if (drain?.isClean !== true) leave();
    else void Promise.race([this.quiet(drain, listeners), wait(lateMs)]).then(leave);
  }

  connectionClosed(): void {
    this.onQuiet();
  }

  /** An older generation, or a client of ours, may have sent a request just before it heard of our successor. */
  private async quiet(drain: Drain, listeners: readonly ServedListener[]): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.closeDoor()));
    while (drain.busy) await new Promise<void>((resolve) => (this.onQuiet = resolve));
  }
}
