/** When a generation is ready: once every listener that it is expected to serve is in place, gated or new. */
import type { Clock } from '../../shared/clock.ts';
import { findListening } from '../listeners/port-owner.ts';
import type { ListeningProcess } from '../listeners/port-owner.ts';

/** A listener that the generation before had, and that this one has not asked for this long after its first. */
const settleMs = 300;
/** A server that takes part says so within this time (ms) of listening. */
const strayMs = 2000;

export class Readiness {
  private readonly clock: Clock;
  private readonly inherited: ReadonlySet<string>;
  private readonly inPlace = new Set<string>();
  private readonly onReady: () => void;
  private settle: { cancel(): void } | undefined;
  private isOver = false;

  /** `expected`: keys of the listeners that it inherited. `onReady` is called once, unless it ends before. */
  constructor(clock: Clock, expected: Iterable<string>, onReady: () => void) {
    this.clock = clock;
    this.inherited = new Set(expected);
    this.onReady = onReady;
  }

  /** A listener is in place. */
  listening(key: string): void {
    this.inPlace.add(key);
    this.settle?.cancel();
    if ([...this.inherited].every((one) => this.inPlace.has(one))) this.become();
    else this.settle = this.clock.setTimeout(() => this.become(), settleMs);
  }

  /** It was the answer to a question (is that port free?), or comes back. */
  closed(key: string): void {
    this.inPlace.delete(key);
    if (this.inPlace.size === 0) this.settle?.cancel();
  }

  /** Nothing can be ready any more. */
  end(): void {
    this.isOver = true;
    this.settle?.cancel();
  }

  /**
   * A server that listens without taking part is told from one that still boots. `takesPart`: it has said so, or is of
   * no interest any more.
   */
  lookForStrays(
    members: () => number[],
    takesPart: () => boolean,
    onStray: (found: ListeningProcess) => void,
  ): void {
    this.lookAgain(members, () => this.isOver || takesPart(), onStray);
  }

  /** `seen`: what listened at the last look, when it may just have been about to say so. */
  private lookAgain(
    members: () => number[],
    isOver: () => boolean,
    onStray: (found: ListeningProcess) => void,
    seen?: ListeningProcess,
  ): void {
    this.clock.setTimeout(() => {
      if (isOver()) return;
      void findListening(members()).then((found) => {
        if (isOver()) return;
        if (found === undefined || found.port !== seen?.port) this.lookAgain(members, isOver, onStray, found);
        else onStray(found);
      });
    }, strayMs);
  }

  private become(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.settle?.cancel();
    this.onReady();
  }
}
