/** A warm swap is over before an eye could follow it: it must not make the status bar flicker. */
import type { Clock } from '../../shared/clock.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { ServerStatus } from '../../shared/model.ts';
import { stateOf } from './states.ts';

export const swapDelayMs = 150;

/** Passes on every status at once, except that `swapping` must last before it is shown. */
export class SteadyStatus implements Disposable {
  private shown: ServerStatus | undefined;
  private latest: ServerStatus | undefined;
  private timer: { cancel(): void } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly show: (status: ServerStatus) => void,
  ) {}

  update(status: ServerStatus): void {
    this.latest = status;
    const isCalm = this.shown !== undefined && stateOf(this.shown)?.calm === true;
    if (status.state === 'swapping' && isCalm) {
      // A swap that is replaced by a newer save goes on counting from the first.
      this.timer ??= this.clock.setTimeout(() => {
        this.flush();
      }, swapDelayMs);
    } else {
      this.flush();
    }
  }

  dispose(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private flush(): void {
    this.dispose();
    if (this.latest === undefined) return;
    this.shown = this.latest;
    this.show(this.latest);
  }
}
