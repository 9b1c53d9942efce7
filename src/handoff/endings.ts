/** The rules for what goes wrong and what ends: failed boots, lost generations, the way back, and stopping. */
import type { Failure } from '../shared/failure.ts';
import type { Cause } from '../shared/model.ts';
import { Draft } from './draft.ts';
import { activeOf, candidateOf } from './state.ts';
import type { Loss, Phase } from './state.ts';

export abstract class Endings extends Draft {
  protected abstract swap(cause: Cause): void;

  /** Starts one while nothing serves. */
  protected abstract bootAlone(cause: Cause): void;

  /** `to` may accept; `from` stopped. */
  protected abstract accept(to: number, from?: number): void;

  /** The candidate of a boot is no good: the older generation serves on, if there is one. */
  protected failCandidate(failure: Failure): void {
    const { phase } = this.state;
    if (phase.kind !== 'starting' && phase.kind !== 'swapping') return;
    const isContended = failure.contended === true && !this.isAlone;
    const wasAlone = phase.kind === 'starting' && this.state.leaving.length === 0;
    this.dismiss(phase.candidate.number);
    if (isContended && !wasAlone) {
      this.retryAlone(phase, failure);
      return;
    }
    if (phase.kind === 'starting') {
      this.down(failure);
      return;
    }
    if (phase.holding) {
      this.disarm('hold', phase.active);
      this.do({ effect: 'release', generation: phase.active });
    }
    this.phase({ kind: 'serving', active: phase.active, failure });
    this.do({ effect: 'report', report: { kind: 'rolledBack', failure, serving: phase.active } });
  }

  /** Once more, when the others are gone: they hold what it needs. */
  private retryAlone(phase: Phase & { kind: 'starting' | 'swapping' }, failure: Failure): void {
    this.state = { ...this.state, exclusive: true };
    this.do({ effect: 'report', report: { kind: 'exclusive', failure } });
    if (phase.kind === 'starting') {
      this.bootAlone(phase.candidate.cause);
      return;
    }
    if (phase.holding) this.disarm('hold', phase.active);
    this.vacate(phase.active, phase.candidate.cause);
  }

  /** Of one that had listened before it failed for what the other one holds: `cause`, for which it is to come alone. */
  private onceMore(failure: Failure, cause: Cause): Cause | undefined {
    if (failure.contended !== true || this.isAlone) return undefined;
    this.state = { ...this.state, exclusive: true };
    this.do({ effect: 'report', report: { kind: 'exclusive', failure } });
    return cause;
  }

  /** To end what can't take part would be worse than to do nothing: it serves as it would without us. */
  protected leaveAlone(generation: number): void {
    const { phase } = this.state;
    if (phase.kind !== 'starting' || !this.isCandidate(generation, 'booting')) return;
    this.disarm('ready', generation);
    this.phase({ kind: 'serving', active: generation, unmanaged: true });
    this.do({ effect: 'report', report: { kind: 'unmanaged', generation } });
  }

  protected down(failure: Failure, gaveUp?: 'again' | 'unanswered'): void {
    this.forgetCrash();
    this.phase({ kind: 'down', failure, holding: true });
    this.arm('down', 0);
    const why = gaveUp === undefined ? {} : { gaveUp };
    this.do({ effect: 'report', report: { kind: 'rolledBack', failure, ...why } });
  }

  protected forgetCrash(): void {
    const { crash, ...rest } = this.state;
    if (crash === undefined) return;
    if (crash.recent) this.disarm('relapse', 0);
    this.state = rest;
  }

  protected lost(generation: number, loss: Loss): void {
    const { failure } = loss;
    const { phase } = this.state;
    if (this.isWaiting(generation)) {
      this.ask(generation);
      return;
    }
    if (phase.kind === 'cutover' && phase.from === generation) {
      // What we waited for has happened: it does not accept any more.
      this.accept(phase.to, phase.from);
      this.ask(generation);
    } else if (phase.kind === 'cutover' && phase.to === generation) {
      this.dismiss(generation);
      this.disarm('cutover', phase.from);
      this.resume(phase.from, failure, phase.again ?? this.onceMore(failure, phase.cause));
    } else if (candidateOf(phase) === generation) {
      this.failCandidate(failure);
    } else if (activeOf(phase) === generation) {
      this.loseActive(generation, loss);
    }
  }

  /** Alive, and needed: its deadlines begin again. */
  protected passing(generation: number): void {
    const stage = this.leaving(generation)?.stage;
    if (stage === 'draining') this.arm('drain', generation);
    else if (stage === 'asked' && this.state.phase.kind !== 'stopping') this.arm('end', generation);
  }

  protected drained(generation: number): void {
    if (this.leaving(generation)?.stage === 'draining') this.leave(generation, 'drained');
  }

  protected loseActive(generation: number, loss: Loss): void {
    const { phase, probation } = this.state;
    const { failure, clean } = loss;
    this.dismiss(generation);
    if (phase.kind === 'swapping') {
      this.disarm('hold', generation);
      if (!clean) this.do({ effect: 'report', report: { kind: 'crashed', failure, comesBack: false } });
      this.phase({ kind: 'starting', candidate: phase.candidate });
    } else if (phase.kind === 'resuming') {
      this.disarm('resume', generation);
      this.down(phase.failure);
      if (phase.again !== undefined) this.swap(phase.again);
    } else if (probation?.active === generation && this.isWaiting(probation.previous)) {
      this.disarm('drain', probation.previous);
      this.state = {
        ...this.state,
        leaving: this.state.leaving.filter((old) => old.number !== probation.previous),
      };
      this.resume(probation.previous, failure, this.onceMore(failure, probation.cause));
    } else if (clean) {
      this.forgetCrash();
      this.phase({ kind: 'off' });
      this.do({ effect: 'closeListeners' });
      this.do({ effect: 'report', report: { kind: 'stopped', requested: false } });
    } else if (phase.kind === 'serving' && phase.unmanaged === true) {
      this.down(failure); // whether it had answered, nobody knows
    } else {
      this.crash(loss);
    }
  }

  /** The code was good enough to serve: it is started again, unless that would only go on and on. */
  private crash({ failure, answered, at }: Loss): void {
    const cause: Cause = { kind: 'crash', files: [], at };
    const isToComeAlone = this.onceMore(failure, cause) !== undefined;
    if (!answered && !isToComeAlone) {
      this.down(failure, 'unanswered');
    } else if (this.state.crash?.recent === true) {
      this.down(failure, 'again');
    } else {
      this.state = { ...this.state, crash: { failure, recent: true } };
      this.arm('relapse', 0);
      this.do({ effect: 'report', report: { kind: 'crashed', failure, comesBack: true } });
      this.bootAlone(cause);
    }
  }

  protected resume(active: number, failure: Failure, again?: Cause): void {
    this.endProbation();
    this.do({ effect: 'resume', generation: active });
    this.arm('resume', active);
    this.phase({ kind: 'resuming', active, failure, ...(again === undefined ? {} : { again }) });
  }

  protected resumed(phase: Phase & { kind: 'resuming' }, ok: boolean): void {
    this.disarm('resume', phase.active);
    if (ok) {
      this.phase({ kind: 'serving', active: phase.active, failure: phase.failure });
      this.do({
        effect: 'report',
        report: { kind: 'rolledBack', failure: phase.failure, serving: phase.active },
      });
    } else {
      this.dismiss(phase.active);
      this.down(phase.failure);
    }
    if (phase.again !== undefined) this.swap(phase.again);
  }

  protected stop(then?: Cause): void {
    const { phase } = this.state;
    if (phase.kind === 'off') {
      if (then !== undefined) this.swap(then);
      return;
    }
    this.forgetCrash();
    const { paused = [] } = this.state;
    for (const generation of paused) this.unpause(generation);
    const candidate = candidateOf(phase);
    const active = activeOf(phase);
    if (candidate !== undefined) this.dismiss(candidate);
    if (active !== undefined) {
      for (const timer of ['hold', 'cutover', 'resume'] as const) this.disarm(timer, active);
      this.dismiss(active);
    }
    for (const { number, stage } of this.state.leaving) {
      if (this.isWaiting(number)) this.ask(number);
      else if (stage === 'asked' && paused.includes(number)) this.arm('end', number);
    }
    if (phase.kind === 'down') this.disarm('down', 0);
    this.phase({ kind: 'stopping', reserved: true, ...(then !== undefined && { then }) });
    this.do({ effect: 'endReserves' });
  }

  protected reservesGone(): void {
    const { phase } = this.state;
    if (phase.kind !== 'stopping') return;
    this.phase({ ...phase, reserved: false });
    this.finishStop();
  }

  protected finishStop(): void {
    const { phase, leaving } = this.state;
    if (phase.kind !== 'stopping' || phase.reserved || leaving.length > 0) return;
    this.phase({ kind: 'off' });
    this.do({ effect: 'closeListeners' });
    this.do({ effect: 'report', report: { kind: 'stopped', requested: true } });
    if (phase.then !== undefined) this.swap(phase.then);
  }

  protected forget(generation: number): void {
    this.unpause(generation);
    if (this.leaving(generation) === undefined) return;
    this.disarm('drain', generation);
    this.disarm('end', generation);
    this.state = {
      ...this.state,
      leaving: this.state.leaving.filter((old) => old.number !== generation),
    };
    this.finishStop();
    this.finishVacating();
  }

  private finishVacating(): void {
    const { phase, leaving } = this.state;
    if (phase.kind === 'vacating' && leaving.length === 0) this.bootAlone(phase.cause);
  }
}
