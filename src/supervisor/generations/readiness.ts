/** When a generation is ready: once every listener that it is expected to serve is in place, gated or new. */
import type { Clock } from '../../shared/clock.ts';
import { findListening } from '../listeners/port-owner.ts';
import type { ListeningProcess } from '../listeners/port-owner.ts';
import type { ProcessTree } from '../processes/process-tree.ts';

/** A listener that the generation before had, and that this one has not asked for this long after its first. */
const settleMs = 300;
/** A server that takes part says so within this time (ms) of listening. */
const strayMs = 2000;
/** One that is at work each time that it is looked at may boot for so many looks longer: what blocks says nothing. */
const mostBusy = 10;

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
   * no interest any more. One that listens where it was asked to is about to take part.
   */
  lookForStrays(
    { command, attended }: Pick<ProcessTree, 'command' | 'attended'>,
    takesPart: () => boolean,
    onStray: (found: ListeningProcess) => void,
    seen?: ListeningProcess,
    busy = 0,
  ): void {
    const again = (found?: ListeningProcess, more = 0): void =>
      this.lookForStrays({ command, attended }, takesPart, onStray, found, busy + more);
    this.clock.setTimeout(() => {
      if (this.isOver || takesPart()) return;
      void findListening(command.members()).then((found) => {
        if (this.isOver || takesPart()) return;
        // At the last look it may just have been about to say so.
        if (found === undefined || found.port !== seen?.port || attended?.isExpected(found.port) === true)
          again(found);
        else if (found.runs && busy < mostBusy) again(found, 1);
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
