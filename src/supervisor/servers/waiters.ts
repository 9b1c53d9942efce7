/** Callers that asked for a swap and wait for how it ends. */
import type { Failure } from '../../shared/failure.ts';
import type { SwapOutcome } from '../../shared/model.ts';

interface Waiter {
  /** The generation asked for; one that replaces it answers for it. */
  readonly generation: number;
  readonly resolve: (outcome: SwapOutcome) => void;
}

export class Waiters {
  private waiting: Waiter[] = [];

  wait(generation: number): Promise<SwapOutcome> {
    return new Promise((resolve) => this.waiting.push({ generation, resolve }));
  }

  serving(generation: number, swapMs: number): void {
    this.settle((waiter) => waiter.generation <= generation, { outcome: 'swapped', generation, swapMs });
  }

  rolledBack(failure: Failure, serving: number | undefined): void {
    this.settle((waiter) => waiter.generation <= failure.generation, {
      outcome: 'rolledBack',
      failure,
      ...(serving === undefined ? {} : { serving }),
    });
  }

  stopped(next: number): void {
    this.settle((waiter) => waiter.generation < next, { outcome: 'stopped' });
  }

  private settle(concerned: (waiter: Waiter) => boolean, outcome: SwapOutcome): void {
    const settled = this.waiting.filter(concerned);
    this.waiting = this.waiting.filter((waiter) => !concerned(waiter));
    for (const waiter of settled) waiter.resolve(outcome);
  }
}
