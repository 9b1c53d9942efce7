/** What becomes of those that take too long, and of those that a debugger has stopped: their time does not run. */
import type { Failure } from '../shared/failure.ts';
import { Endings } from './endings.ts';
import { activeOf, candidateOf } from './state.ts';
import type { Phase, Timer } from './state.ts';

export abstract class Deadlines extends Endings {
  /** The candidate is good; from here to the moment where it may accept. */
  protected abstract cutOver(to: number): void;

  /** A debugger has stopped it. */
  protected pause(generation: number): void {
    if (this.isPaused(generation) || !this.isThere(generation)) return;
    const running = this.deadlines(generation).filter(([timer, of]) => !this.isSuspended(timer, of));
    this.state = { ...this.state, paused: [...(this.state.paused ?? []), generation] };
    for (const [timer, of] of running) if (this.isSuspended(timer, of)) this.disarm(timer, of);
  }

  /** It runs again: its deadlines begin anew, and what waited for it follows. */
  protected continue(generation: number): void {
    if (!this.isPaused(generation)) return;
    const suspended = this.deadlines(generation).filter(([timer, of]) => this.isSuspended(timer, of));
    this.unpause(generation);
    for (const [timer, of] of suspended) this.arm(timer, of);
    const { phase } = this.state;
    if (phase.kind === 'swapping' && phase.active === generation && phase.candidate.stage === 'waiting')
      this.cutOver(phase.candidate.number);
  }

  /** Who serves is paused: it would lose what it is at. */
  protected waitForDebugger(phase: Phase & { readonly kind: 'swapping' }): void {
    const { active, candidate } = phase;
    this.phase({ ...phase, candidate: { ...candidate, stage: 'waiting' } });
    const report = { kind: 'pending', generation: active, candidate: candidate.number } as const;
    this.do({ effect: 'report', report });
  }

  /** That run, or would, were nobody paused. */
  private deadlines(generation: number): (readonly [Timer, number])[] {
    const { phase } = this.state;
    const stage = this.leaving(generation)?.stage;
    const own: (readonly [Timer, number])[] = [];
    const isBoot = phase.kind === 'starting' || phase.kind === 'swapping';
    if (isBoot && phase.candidate.number === generation && phase.candidate.stage !== 'waiting')
      own.push(['ready', generation]);
    if (
      phase.kind === 'swapping' &&
      phase.holding &&
      [phase.active, phase.candidate.number].includes(generation)
    )
      own.push(['hold', phase.active]);
    if (phase.kind === 'cutover' && phase.from === generation) own.push(['cutover', generation]);
    if (phase.kind === 'resuming' && phase.active === generation) own.push(['resume', generation]);
    if (stage === 'draining' || stage === 'drained') own.push(['drain', generation]);
    if (stage === 'asked') own.push(['end', generation]);
    return own;
  }

  private isThere(generation: number): boolean {
    const { phase } = this.state;
    const up = [activeOf(phase), candidateOf(phase)];
    return up.includes(generation) || this.leaving(generation) !== undefined;
  }

  protected timeout(timer: Timer, generation: number, failure: Failure): void {
    const { phase, crash } = this.state;
    switch (timer) {
      case 'ready':
        if (candidateOf(phase) !== generation || phase.kind === 'cutover') return;
        // To end what may yet listen would help nobody: a first one may have much to do, or be no server at all.
        if (phase.kind === 'starting') this.do({ effect: 'report', report: { kind: 'slow', failure } });
        else this.failCandidate(failure);
        return;
      case 'hold':
        if (phase.kind !== 'swapping' || phase.active !== generation || !phase.holding) return;
        this.do({ effect: 'release', generation });
        this.do({ effect: 'report', report: { kind: 'holdExpired', generation } });
        this.phase({ ...phase, holding: false });
        return;
      case 'cutover':
        // Its loop is blocked: it answers nothing, and so it accepts nothing. When it turns again, to stop is the first
        // thing that it does; what it was at is to be answered, too.
        if (phase.kind !== 'cutover' || phase.from !== generation) return;
        this.do({ effect: 'hold', generation });
        this.do({ effect: 'report', report: { kind: 'blocked', generation, next: phase.to } });
        this.accept(phase.to, generation);
        return;
      case 'resume':
        if (phase.kind === 'resuming' && phase.active === generation) this.do({ effect: 'kill', generation });
        return;
      case 'probation':
        if (this.state.probation?.active === generation) this.endProbation();
        return;
      case 'drain':
        if (this.isWaiting(generation)) this.ask(generation);
        return;
      case 'end':
        if (this.leaving(generation)?.stage === 'asked') this.kill(generation);
        return;
      case 'relapse':
        if (crash !== undefined) this.state = { ...this.state, crash: { ...crash, recent: false } };
        return;
      case 'down':
        if (phase.kind !== 'down' || !phase.holding) return;
        this.phase({ ...phase, holding: false });
        this.do({ effect: 'closeListeners' });
    }
  }
}
