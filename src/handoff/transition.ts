/** The rules of the handoff: `transition` is pure, so a swap can be replayed, printed and property-tested. */
import type { Failure } from '../shared/failure.ts';
import type { Cause } from '../shared/model.ts';
import { Deadlines } from './deadlines.ts';
import type { Effect, Handoff, HandoffConfig, Input } from './state.ts';

export interface Step {
  readonly state: Handoff;
  readonly effects: readonly Effect[];
}

/** What happens to `state` on `input`. Inputs about generations that are not concerned change nothing. */
export function transition(state: Handoff, input: Input, config: HandoffConfig): Step {
  const rules = new Rules(state, config);
  rules.apply(input);
  rules.tidy();
  return { state: rules.state, effects: rules.effects };
}

class Rules extends Deadlines {
  apply(input: Input): void {
    const { phase } = this.state;
    switch (input.type) {
      case 'start':
        if (['off', 'down', 'stopping'].includes(phase.kind)) this.swap(input.cause);
        return;
      case 'swap':
        this.swap(input.cause);
        return;
      case 'stop':
        this.stop(input.then);
        return;
      case 'exclusive':
        this.state = { ...this.state, exclusive: true };
        return;
      case 'ready':
        this.ready(input.generation);
        return;
      case 'unmanaged':
        this.leaveAlone(input.generation);
        return;
      case 'checked':
        this.checked(input.generation, input.failure);
        return;
      case 'probed':
        if (!this.isCandidate(input.generation, 'probing')) return;
        if (input.failure === undefined) this.cutOver(input.generation);
        else this.failCandidate(input.failure);
        return;
      case 'stopped':
        if (phase.kind === 'cutover' && phase.from === input.generation) this.accept(phase.to, phase.from);
        return;
      case 'resumed':
        if (phase.kind === 'resuming' && phase.active === input.generation) this.resumed(phase, input.ok);
        return;
      case 'passing':
        this.passing(input.generation);
        return;
      case 'drained':
        this.drained(input.generation);
        return;
      case 'paused':
        this.pause(input.generation);
        return;
      case 'continued':
        this.continue(input.generation);
        return;
      case 'reservesGone':
        this.reservesGone();
        return;
      case 'lost':
        this.lost(input.generation, input);
        return;
      case 'gone':
        this.lost(input.generation, input);
        this.forget(input.generation);
        return;
      case 'timeout':
        this.timeout(input.timer, input.generation, input.failure);
    }
  }

  /** Whoever is drained leaves when nobody takes over or may have to give back. */
  tidy(): void {
    const { phase, probation } = this.state;
    const isSwapping = phase.kind === 'swapping' || phase.kind === 'cutover';
    if (!isSwapping && probation === undefined) this.askDrained();
  }

  protected bootAlone(cause: Cause): void {
    this.boot({ kind: 'starting' }, cause);
  }

  protected swap(cause: Cause): void {
    const { phase } = this.state;
    this.forgetCrash(); // it brings other code
    switch (phase.kind) {
      case 'off':
        this.boot({ kind: 'starting' }, cause);
        return;
      case 'down':
        this.do({ effect: 'disarm', timer: 'down', generation: 0 });
        this.boot({ kind: 'starting' }, cause);
        return;
      case 'starting':
        this.replace(phase.candidate.number);
        this.boot({ kind: 'starting' }, cause);
        return;
      case 'vacating':
        this.phase({ ...phase, cause });
        return;
      case 'serving':
        if (phase.unmanaged === true || (this.isAlone && cause.kind === 'back')) {
          this.vacate(phase.active, cause);
          return;
        }
        if (this.isAlone) {
          this.phase({ ...phase, checking: cause });
          this.do({ effect: 'check', generation: this.state.next });
          return;
        }
        if (this.config.hold) {
          this.do({ effect: 'hold', generation: phase.active });
          this.arm('hold', phase.active);
        } else {
          this.do({ effect: 'prepare', generation: phase.active });
        }
        this.boot({ kind: 'swapping', active: phase.active, holding: this.config.hold }, cause);
        return;
      case 'swapping':
        this.replace(phase.candidate.number);
        if (this.isAlone) {
          this.disarm('hold', phase.active);
          this.vacate(phase.active, cause);
          return;
        }
        this.boot({ kind: 'swapping', active: phase.active, holding: phase.holding }, cause);
        return;
      case 'cutover':
      case 'resuming':
        this.phase({ ...phase, again: cause });
        return;
      case 'stopping':
        this.phase({ ...phase, then: cause });
    }
  }

  /** Of one that would not load, nothing is started: who serves stays. */
  private checked(generation: number, failure: Failure | undefined): void {
    const { phase, next } = this.state;
    if (phase.kind !== 'serving' || phase.checking === undefined || generation !== next) return;
    if (failure === undefined) {
      this.vacate(phase.active, phase.checking);
      return;
    }
    this.state = { ...this.state, next: next + 1 };
    this.phase({ kind: 'serving', active: phase.active, failure });
    this.do({ effect: 'report', report: { kind: 'rolledBack', failure, serving: phase.active } });
  }

  /** Spawns the next generation as the candidate of `into`. */
  private boot(
    into: { kind: 'starting' } | { kind: 'swapping'; active: number; holding: boolean },
    cause: Cause,
  ): void {
    this.askDrained(); // swap after swap, they would pile up
    if (this.isAlone && this.state.leaving.length > 0) {
      this.phase({ kind: 'vacating', cause });
      return;
    }
    const number = this.state.next;
    this.state = { ...this.state, next: number + 1 };
    const replaces = into.kind === 'swapping' ? { replaces: into.active } : {};
    this.do({ effect: 'spawn', generation: number, cause, ...replaces });
    this.arm('ready', number);
    this.phase({ ...into, candidate: { number, cause, stage: 'booting' } });
  }

  private replace(candidate: number): void {
    this.do({ effect: 'report', report: { kind: 'replaced', generation: candidate, by: this.state.next } });
    this.dismiss(candidate);
  }

  private ready(generation: number): void {
    const { phase } = this.state;
    const isUnmanaged = phase.kind === 'serving' && phase.unmanaged === true;
    // Another process of its command listened before, and this is the one that is meant.
    if (isUnmanaged && phase.active === generation) this.accept(generation);
    if (!this.isCandidate(generation, 'booting')) return;
    if (!this.config.probe) {
      this.cutOver(generation);
    } else if (phase.kind === 'starting' || phase.kind === 'swapping') {
      this.phase({ ...phase, candidate: { ...phase.candidate, stage: 'probing' } });
      this.do({ effect: 'probe', generation });
    }
  }

  /** From a candidate that is good to the moment where it may accept: at once if nothing else does. */
  protected cutOver(to: number): void {
    const { phase } = this.state;
    this.disarm('ready', to);
    if (phase.kind === 'swapping' && this.isPaused(phase.active)) {
      this.waitForDebugger(phase);
    } else if (phase.kind === 'swapping') {
      this.disarm('hold', phase.active);
      this.do({ effect: 'stopAccepting', generation: phase.active, successor: to, canary: !phase.holding });
      this.arm('cutover', phase.active);
      this.phase({ kind: 'cutover', from: phase.active, to, cause: phase.candidate.cause });
    } else {
      this.accept(to);
    }
  }

  protected accept(to: number, from?: number): void {
    const cutover = this.state.phase.kind === 'cutover' ? this.state.phase : undefined;
    this.do({ effect: 'accept', generation: to });
    for (const old of this.state.leaving) {
      if (old.stage !== 'killed') this.do({ effect: 'relay', generation: old.number, successor: to });
    }
    this.phase({ kind: 'serving', active: to });
    if (from !== undefined && cutover !== undefined) {
      this.disarm('cutover', from);
      this.leave(from, 'draining');
      this.arm('drain', from);
      this.endProbation();
      this.state = { ...this.state, probation: { active: to, previous: from, cause: cutover.cause } };
      this.arm('probation', to);
    }
    this.do({
      effect: 'report',
      report: { kind: 'serving', generation: to, ...(from === undefined ? {} : { from }) },
    });
    if (cutover?.again !== undefined) this.swap(cutover.again);
  }
}
