/** A handoff under change: its next state, the effects so far, and the steps that every rule is made of. */
import type { Cause } from '../shared/model.ts';
import type { Effect, Handoff, HandoffConfig, Leaving, Phase, Timer } from './state.ts';

/** They bound what a process takes to do something. */
const timersOfProcesses: readonly Timer[] = ['ready', 'hold', 'cutover', 'resume', 'drain', 'end'];

export class Draft {
  readonly effects: Effect[] = [];
  state: Handoff;
  protected readonly config: HandoffConfig;

  constructor(state: Handoff, config: HandoffConfig) {
    this.state = state;
    this.config = config;
  }

  /** Takes a generation out of whatever it was about to do and has it leave. */
  protected dismiss(generation: number): void {
    this.disarm('ready', generation);
    if (this.state.probation?.active === generation) this.disarm('probation', generation);
    this.ask(generation);
  }

  protected ask(generation: number): void {
    this.disarm('drain', generation);
    this.leave(generation, 'asked');
    this.do({ effect: 'ask', generation });
    this.arm('end', generation);
  }

  protected kill(generation: number): void {
    this.leave(generation, 'killed');
    this.do({ effect: 'kill', generation });
  }

  /** Only one may be up at a time. */
  protected get isAlone(): boolean {
    return !this.config.overlap || this.state.exclusive === true;
  }

  /** The active generation leaves; the next one is started when nobody is left. */
  protected vacate(active: number, cause: Cause): void {
    const { phase } = this.state;
    this.endProbation();
    if (phase.kind === 'serving' && phase.unmanaged === true) this.ask(active);
    else {
      this.do({ effect: 'vacate', generation: active });
      this.leave(active, 'draining');
      this.arm('drain', active);
    }
    this.do({ effect: 'report', report: { kind: 'vacating', generation: active, cause } });
    this.phase({ kind: 'vacating', cause, from: active });
  }

  protected endProbation(): void {
    const { probation, ...rest } = this.state;
    if (probation === undefined) return;
    this.disarm('probation', probation.active);
    this.state = rest;
  }

  /** The end of a process takes the system some milliseconds of a core: not while another one takes over. */
  protected askDrained(): void {
    const { leaving, probation } = this.state;
    for (const { number, stage } of leaving) {
      if (stage === 'drained' && number !== probation?.previous) this.ask(number);
    }
  }

  protected leave(number: number, stage: Leaving['stage']): void {
    const others = this.state.leaving.filter((old) => old.number !== number);
    this.state = { ...this.state, leaving: [...others, { number, stage }] };
  }

  /** Out of the way, but not yet asked to leave. */
  protected isWaiting(number: number): boolean {
    const stage = this.leaving(number)?.stage;
    return stage === 'draining' || stage === 'drained';
  }

  protected leaving(number: number): Leaving | undefined {
    return this.state.leaving.find((old) => old.number === number);
  }

  protected isCandidate(generation: number, stage: 'booting' | 'probing'): boolean {
    const { phase } = this.state;
    return (
      (phase.kind === 'starting' || phase.kind === 'swapping') &&
      phase.candidate.number === generation &&
      phase.candidate.stage === stage
    );
  }

  protected phase(phase: Phase): void {
    this.state = { ...this.state, phase };
  }

  /** What would have to be done in a time that a debugger has stopped counts from when it goes on (deadlines.ts). */
  protected arm(timer: Timer, generation: number): void {
    if (!this.isSuspended(timer, generation)) this.do({ effect: 'arm', timer, generation });
  }

  protected isSuspended(timer: Timer, generation: number): boolean {
    const { phase } = this.state;
    if (phase.kind === 'stopping' || !timersOfProcesses.includes(timer)) return false;
    if (this.isPaused(generation)) return true;
    // Requests wait for one that is paused.
    return timer === 'hold' && phase.kind === 'swapping' && this.isPaused(phase.candidate.number);
  }

  protected isPaused(generation: number): boolean {
    return this.state.paused?.includes(generation) === true;
  }

  protected disarm(timer: Timer, generation: number): void {
    this.do({ effect: 'disarm', timer, generation });
  }

  protected do(effect: Effect): void {
    this.effects.push(effect);
  }

  /** No debugger has it stopped any more. */
  protected unpause(generation: number): void {
    const { paused, ...rest } = this.state;
    const others = paused?.filter((other) => other !== generation) ?? [];
    this.state = others.length === 0 ? rest : { ...rest, paused: others };
  }
}
