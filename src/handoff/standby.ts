/**
 * The life of a server's standby as data: pure, like the handoff itself. `src/supervisor/standby/standby-keeper.ts`
 * carries the effects out.
 *
 * Invariants (test/unit/standby.test.ts): at most one process; it is released only once it is known to be clean,
 * and only once; whatever is not released is killed.
 */

export type StandbyState =
  /** `losses`: standbys that ended by themselves in a row. */
  | { readonly kind: 'none'; readonly why: string; readonly losses: number }
  /** `attempt` counts from 1: each leaves out what the one before found wanting. */
  | { readonly kind: 'warming'; readonly attempt: number; readonly losses: number }
  | { readonly kind: 'warm' };

export type StandbyInput =
  /** A generation serves, and the next one may be prepared. */
  | { readonly type: 'want' }
  /** It waits. `clean`: nothing that it loaded did any work. */
  | { readonly type: 'warm'; readonly clean: boolean }
  /** It ended by itself. */
  | { readonly type: 'lost' }
  /** What it has consumed changed, or it costs too much. */
  | { readonly type: 'spoil'; readonly why: string }
  /** A swap wants it. */
  | { readonly type: 'take' };

export type StandbyEffect =
  | { readonly effect: 'spawn' }
  | { readonly effect: 'kill' }
  | { readonly effect: 'release' }
  | { readonly effect: 'tell'; readonly state: 'warming' | 'warm' }
  | { readonly effect: 'tell'; readonly state: 'dropped'; readonly why: string };

export const noStandby: StandbyState = { kind: 'none', why: 'nothing has served yet', losses: 0 };

/** Each attempt costs a boot; packages hide behind each other rarely, and never this deep. */
const maxAttempts = 6;
const maxLosses = 3;

export interface StandbyStep {
  readonly state: StandbyState;
  readonly effects: readonly StandbyEffect[];
}

export function standbyTransition(state: StandbyState, input: StandbyInput): StandbyStep {
  const stay: StandbyStep = { state, effects: [] };
  switch (input.type) {
    case 'want': {
      if (state.kind !== 'none' || state.losses >= maxLosses) return stay;
      return {
        state: { kind: 'warming', attempt: 1, losses: state.losses },
        effects: [{ effect: 'tell', state: 'warming' }, { effect: 'spawn' }],
      };
    }
    case 'warm': {
      if (state.kind !== 'warming') return stay;
      if (input.clean) return { state: { kind: 'warm' }, effects: [{ effect: 'tell', state: 'warm' }] };
      if (state.attempt === maxAttempts) return drop('its dependencies do too much while they load');
      return {
        state: { ...state, attempt: state.attempt + 1 },
        effects: [{ effect: 'kill' }, { effect: 'spawn' }],
      };
    }
    case 'lost': {
      if (state.kind === 'none') return stay;
      const losses = state.kind === 'warming' ? state.losses + 1 : 1;
      const why = 'the standby ended by itself';
      return { state: { kind: 'none', why, losses }, effects: [{ effect: 'tell', state: 'dropped', why }] };
    }
    case 'spoil':
      return state.kind === 'none' ? stay : drop(input.why);
    case 'take':
      if (state.kind === 'none') return stay;
      if (state.kind === 'warming') return drop('the standby was not ready yet');
      return {
        state: { kind: 'none', why: 'the one before was used up', losses: 0 },
        effects: [{ effect: 'release' }],
      };
  }
}

function drop(why: string): StandbyStep {
  return {
    state: { kind: 'none', why, losses: 0 },
    effects: [{ effect: 'kill' }, { effect: 'tell', state: 'dropped', why }],
  };
}
