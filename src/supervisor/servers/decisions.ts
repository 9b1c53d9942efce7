/** The handoff of one server as it runs: takes what happens, one thing after another, and has it carried out. */
import { initial } from '../../handoff/state.ts';
import type { Effect, Handoff, HandoffConfig, Input } from '../../handoff/state.ts';
import { transition } from '../../handoff/transition.ts';

export interface DecisionEvents {
  /** As it is now: the next decision is taken with it. */
  config(): HandoffConfig;
  carryOut(effect: Effect): void;
  /** Everything that has happened so far is decided and carried out. */
  settled(): void;
}

export class Decisions {
  private handoff: Handoff = initial;
  private readonly events: DecisionEvents;
  private readonly queue: Input[] = [];
  private running = false;

  constructor(events: DecisionEvents) {
    this.events = events;
  }

  get state(): Handoff {
    return this.handoff;
  }

  /** What carrying out makes happen waits for its turn. */
  input(input: Input): void {
    this.queue.push(input);
    if (this.running) return;
    this.running = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { state, effects } = transition(this.handoff, next, this.events.config());
      this.handoff = state;
      for (const effect of effects) this.events.carryOut(effect);
    }
    this.running = false;
    this.events.settled();
  }
}
