/**
 * The handoff between generations of one server as data: what it is doing (`Handoff`), what can happen to it
 * (`Input`), and what it wants done (`Effect`). No clock, no process, no file: see transition.ts for the rules
 * and src/supervisor for who carries the effects out.
 *
 * Invariants (test/unit/handoff.test.ts holds them over random orders of events):
 * 1. At most one generation accepts; the next is told to only after the last one confirmed that it stopped, or could not
 *    do anything for two seconds, and so not accept, and has been told.
 * 2. Listeners are closed only when nothing runs and nothing is meant to, or when a deadline passed without
 *    any generation to serve them.
 * 3. Numbers only grow and are never reused.
 * 4. Every generation that was spawned is asked to leave, then killed, unless it is gone before.
 * 5. Where only one may be up, nobody is started before everybody else is gone.
 * 6. Who dies while it serves comes back by itself, once, until its code has proved good for a while or is another.
 * 7. Nobody is ended, to start another one after it, for code of which it is known that it does not load.
 * 8. Nobody is replaced, and no deadline passes for it, while a debugger has it paused, unless all is to stop.
 */
import type { Failure } from '../shared/failure.ts';
import type { Cause } from '../shared/model.ts';

export interface Candidate {
  readonly number: number;
  readonly cause: Cause;
  /** `waiting`: it is good, and who serves is paused by a debugger. */
  readonly stage: 'booting' | 'probing' | 'waiting';
}

export type Phase =
  | { readonly kind: 'off' }
  /** Nothing serves; connections wait for the candidate. */
  | { readonly kind: 'starting'; readonly candidate: Candidate }
  /**
   * `failure`: newer code failed to start, so what serves is stale. `unmanaged`: it listens without taking part, as it
   * would without us; it can't be told anything but to end.
   */
  | {
      readonly kind: 'serving';
      readonly active: number;
      readonly failure?: Failure;
      readonly unmanaged?: true;
      /** Before it is ended for the next one, it is looked whether that would load at all. */
      readonly checking?: Cause;
    }
  | {
      readonly kind: 'swapping';
      readonly active: number;
      readonly candidate: Candidate;
      readonly holding: boolean;
    }
  /** `from` was told to stop accepting and has not confirmed. `again`: a save that came meanwhile. */
  | {
      readonly kind: 'cutover';
      readonly from: number;
      readonly to: number;
      readonly cause: Cause;
      readonly again?: Cause;
    }
  /** The successor died; `active` was told to accept again and has not confirmed. */
  | { readonly kind: 'resuming'; readonly active: number; readonly failure: Failure; readonly again?: Cause }
  /** The next one is started when nobody is left; connections wait. `from`: who served. */
  | { readonly kind: 'vacating'; readonly cause: Cause; readonly from?: number }
  /** No generation can serve. `holding`: the listeners are open and connections wait. */
  | { readonly kind: 'down'; readonly failure: Failure; readonly holding: boolean }
  /** `reserved`: a standby, which has the listeners, too, is not gone yet. */
  | { readonly kind: 'stopping'; readonly reserved: boolean; readonly then?: Cause };

/** A generation that serves no longer, or never will. */
export interface Leaving {
  readonly number: number;
  /** `drained`: has nothing left to do, but stays until no swap and no probation is under way. */
  readonly stage: 'draining' | 'drained' | 'asked' | 'killed';
}

/** How a generation came to be of no use any more. */
export interface Loss {
  readonly failure: Failure;
  /** It ended by itself without an error. */
  readonly clean: boolean;
  /** It had answered a client. */
  readonly answered: boolean;
  /** When, ms since the epoch. */
  readonly at: number;
}

export interface Handoff {
  readonly next: number;
  readonly phase: Phase;
  readonly leaving: readonly Leaving[];
  /** Generations of which a debugger has stopped a process: they do nothing, and clients know that. */
  readonly paused?: readonly number[];
  /** Found out: only one may be up at a time. */
  readonly exclusive?: true;
  /** Just after a cutover: who would take over again if the active generation crashed. */
  readonly probation?: { readonly active: number; readonly previous: number; readonly cause: Cause };
  /**
   * What a generation of the present code died of while it served, until a swap brings other code. `recent`: it comes
   * back from one such death, and not from another one so soon.
   */
  readonly crash?: { readonly failure: Failure; readonly recent: boolean };
}

export const initial: Handoff = { next: 1, phase: { kind: 'off' }, leaving: [] };

export type Timer =
  'ready' | 'hold' | 'cutover' | 'resume' | 'probation' | 'drain' | 'end' | 'relapse' | 'down';

export type Input =
  /** Do nothing if a generation serves or boots, else start one. */
  | { readonly type: 'start'; readonly cause: Cause }
  | { readonly type: 'swap'; readonly cause: Cause }
  /** With `then`: start afresh when everything is gone. */
  | { readonly type: 'stop'; readonly then?: Cause }
  /** Two that are up at a time would get in each other's way. */
  | { readonly type: 'exclusive' }
  | { readonly type: 'ready'; readonly generation: number }
  /** It listens, but nothing in it takes part. */
  | { readonly type: 'unmanaged'; readonly generation: number }
  /** Answer to `check`, with the number that the next one would have had; `failure` if it would not load. */
  | { readonly type: 'checked'; readonly generation: number; readonly failure?: Failure }
  /** The probe's answer; `failure` if it was no good. */
  | { readonly type: 'probed'; readonly generation: number; readonly failure?: Failure }
  | { readonly type: 'stopped'; readonly generation: number }
  | { readonly type: 'resumed'; readonly generation: number; readonly ok: boolean }
  /** Its deadline has passed; successors work on requests that it passed on to them. Comes again and again. */
  | { readonly type: 'passing'; readonly generation: number }
  | { readonly type: 'drained'; readonly generation: number }
  /** A debugger has stopped it, at a breakpoint, say. */
  | { readonly type: 'paused'; readonly generation: number }
  /** It runs again. */
  | { readonly type: 'continued'; readonly generation: number }
  /** No process of a standby is left. */
  | { readonly type: 'reservesGone' }
  /** It can't serve any more. */
  | ({ readonly type: 'lost'; readonly generation: number } & Loss)
  /** No process of it is left; how it was lost matters only if it was not yet. */
  | ({ readonly type: 'gone'; readonly generation: number } & Loss)
  | {
      readonly type: 'timeout';
      readonly timer: Timer;
      readonly generation: number;
      readonly failure: Failure;
    };

export type Effect =
  | {
      readonly effect: 'spawn';
      readonly generation: number;
      readonly cause: Cause;
      readonly replaces?: number;
    }
  | { readonly effect: 'probe'; readonly generation: number }
  /** Would `generation`, which is not there yet, load? One that is asked for later is asked for in its place. */
  | { readonly effect: 'check'; readonly generation: number }
  | { readonly effect: 'hold'; readonly generation: number }
  /** It is to be replaced, and serves until then. */
  | { readonly effect: 'prepare'; readonly generation: number }
  | { readonly effect: 'release'; readonly generation: number }
  /** Stop accepting and drain, without a successor: requests on its connections are its own to answer. */
  | { readonly effect: 'vacate'; readonly generation: number }
  /** `canary`: it answers requests, of which one may go to the successor first. */
  | {
      readonly effect: 'stopAccepting';
      readonly generation: number;
      readonly successor: number;
      readonly canary: boolean;
    }
  | { readonly effect: 'accept'; readonly generation: number }
  | { readonly effect: 'relay'; readonly generation: number; readonly successor: number }
  | { readonly effect: 'resume'; readonly generation: number }
  /** Leave, as after a signal to terminate. */
  | { readonly effect: 'ask'; readonly generation: number }
  | { readonly effect: 'kill'; readonly generation: number }
  | { readonly effect: 'arm'; readonly timer: Timer; readonly generation: number }
  | { readonly effect: 'disarm'; readonly timer: Timer; readonly generation: number }
  /** Nobody is to stand by. */
  | { readonly effect: 'endReserves' }
  | { readonly effect: 'closeListeners' }
  | { readonly effect: 'report'; readonly report: Report };

/** What users and waiting callers are told. */
export type Report =
  | { readonly kind: 'serving'; readonly generation: number; readonly from?: number }
  | {
      readonly kind: 'rolledBack';
      readonly failure: Failure;
      readonly serving?: number;
      /** It does not come back: it died twice in a short time, or before its first answer. */
      readonly gaveUp?: 'again' | 'unanswered';
    }
  /** It served. `comesBack`: with the same code; else the generation that boots takes over. */
  | { readonly kind: 'crashed'; readonly failure: Failure; readonly comesBack: boolean }
  /** `generation` leaves before the next one starts. */
  | { readonly kind: 'vacating'; readonly generation: number; readonly cause: Cause }
  /** From now on the older one leaves first, since a newer one failed to start beside it. */
  | { readonly kind: 'exclusive'; readonly failure: Failure }
  | { readonly kind: 'replaced'; readonly generation: number; readonly by: number }
  | { readonly kind: 'holdExpired'; readonly generation: number }
  /** `generation` is paused; the swap follows when it goes on. */
  | { readonly kind: 'pending'; readonly generation: number; readonly candidate: number }
  /** `generation` does nothing, not even stop; `next` serves beside it. */
  | { readonly kind: 'blocked'; readonly generation: number; readonly next: number }
  /** It serves without taking part. */
  | { readonly kind: 'unmanaged'; readonly generation: number }
  /** Its time is up, and it is waited for: nothing else serves. */
  | { readonly kind: 'slow'; readonly failure: Failure }
  | { readonly kind: 'stopped'; readonly requested: boolean };

export interface HandoffConfig {
  readonly hold: boolean;
  readonly probe: boolean;
  /** The next generation may boot while the present one serves. */
  readonly overlap: boolean;
}

/** The generation that accepts or would, if any. */
export function activeOf(phase: Phase): number | undefined {
  switch (phase.kind) {
    case 'serving':
    case 'swapping':
    case 'resuming':
      return phase.active;
    case 'cutover':
      return phase.from;
    default:
      return undefined;
  }
}

export function candidateOf(phase: Phase): number | undefined {
  switch (phase.kind) {
    case 'starting':
    case 'swapping':
      return phase.candidate.number;
    case 'cutover':
      return phase.to;
    default:
      return undefined;
  }
}

/** The generation that ends before the next one starts. */
export function vacatingOf(phase: Phase): number | undefined {
  return phase.kind === 'vacating' ? phase.from : undefined;
}
