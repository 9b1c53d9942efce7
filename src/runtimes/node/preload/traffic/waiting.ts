/** Requests that are held, until it is known who answers them. */
import { isGone, onGone, suspendTimeout } from '../relaying/incoming.ts';
import type { Incoming } from '../relaying/incoming.ts';

const { setImmediate } = globalThis; // the app may replace it

/** Of one turn of the event loop (ms). */
const sliceMs = 10;

export class Waiting {
  /** Each with what lets go of it. */
  private readonly requests = new Map<Incoming, () => void>();
  private readonly changed: () => void;

  /** `changed`: their number did. */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  get size(): number {
    return this.requests.size;
  }

  add(incoming: Incoming): void {
    const goOn = suspendTimeout(incoming);
    const letGo = onGone(incoming, () => {
      this.requests.delete(incoming);
      this.changed();
    });
    this.requests.set(incoming, () => {
      letGo();
      goOn();
    });
    this.changed();
  }

  /** None waits any more. */
  takeAll(): Incoming[] {
    const all = [...this.requests.keys()];
    for (const incoming of all) this.take(incoming);
    if (all.length > 0) this.changed();
    return all.filter((incoming) => !isGone(incoming));
  }

  /**
   * Hands them out in the order in which they came, a slice in each turn of the event loop: the app may work for seconds
   * on all of them, and must hear meanwhile that a successor has come for the rest. Ends when `goesOn` is false.
   */
  handOut(give: (incoming: Incoming) => void, goesOn: () => boolean): void {
    const until = performance.now() + sliceMs;
    for (const incoming of this.requests.keys()) {
      if (!goesOn()) break;
      if (performance.now() > until) {
        setImmediate(() => this.handOut(give, goesOn));
        break;
      }
      this.take(incoming);
      if (!isGone(incoming)) give(incoming);
    }
    this.changed();
  }

  private take(incoming: Incoming): void {
    this.requests.get(incoming)?.();
    this.requests.delete(incoming);
  }
}
