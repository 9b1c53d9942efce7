/** A server's printable state, derived from its handoff and what is known of its generations. */
import { runtimeOf } from '../../runtimes/registry.ts';
import { activeOf, candidateOf } from '../../handoff/state.ts';
import type { Handoff } from '../../handoff/state.ts';
import type { DebugStatus } from '../../shared/debugging/debug.ts';
import type { Failure } from '../../shared/failure.ts';
import type {
  DrainingStatus,
  GenerationStatus,
  ListenerStatus,
  PartStatus,
  ServerState,
  ServerStatus,
  StandbyStatus,
} from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Generation } from '../generations/generation.ts';

export interface Known {
  /** Of the generation that last confirmed that it accepts, while it or its successor is active. */
  readonly serving: GenerationStatus | undefined;
  /** Told to accept, has not confirmed. */
  readonly accepting: number | undefined;
  readonly held: number;
  readonly draining: readonly DrainingStatus[];
  readonly listeners: readonly ListenerStatus[];
  readonly coldBootMs: number | undefined;
  readonly standby: StandbyStatus;
  readonly lateMs: number | undefined;
  /** The one that accepts or would. */
  readonly generation: Pick<Generation, 'runtime' | 'restarts' | 'unmanaged'> | undefined;
  readonly parts: Making;
  /** Speaks for its generations. */
  readonly attendant: { readonly promise: string } | undefined;
  readonly isDebugged: boolean;
}

/** What a dev command runs besides its server. */
export interface Making {
  readonly isUp: boolean;
  readonly isStarting: boolean;
  readonly failure: Failure | undefined;
  readonly status: readonly PartStatus[] | undefined;
}

export function statusOf(spec: ServerSpec, handoff: Handoff, known: Known): ServerStatus {
  const { phase, crash, next } = handoff;
  const isVacating = phase.kind === 'vacating';
  const isChecking = phase.kind === 'serving' && phase.checking !== undefined;
  const candidate = known.accepting ?? (isVacating || isChecking ? next : candidateOf(phase));
  const isServed = activeOf(phase) !== undefined || isVacating;
  const { parts, generation } = known;
  const unmanaged = generation?.unmanaged;
  const restartedBy = generation?.restarts.by;
  const failure = ('failure' in phase ? phase.failure : crash?.failure) ?? parts.failure;
  return {
    name: spec.name,
    cwd: spec.cwd,
    command: typeof spec.command === 'string' ? spec.command : spec.command.join(' '),
    state:
      known.accepting === undefined
        ? stateOf(phase, parts)
        : known.serving === undefined
          ? 'starting'
          : 'swapping',
    ...(!isServed || known.serving === undefined ? {} : { serving: known.serving }),
    ...(candidate === undefined ? {} : { candidate }),
    held: known.held,
    draining: known.draining,
    listeners: unmanaged === undefined ? known.listeners : [unmanaged.listener],
    ...(failure === undefined ? {} : { failure }),
    ...(known.coldBootMs === undefined ? {} : { coldBootMs: known.coldBootMs }),
    ...(known.lateMs === undefined ? {} : { lateMs: known.lateMs }),
    standby: known.standby,
    ...(parts.status === undefined ? {} : { parts: parts.status }),
    ...(unmanaged === undefined ? {} : { unmanaged: unmanaged.missing }),
    adapter:
      unmanaged === undefined
        ? (known.attendant ?? generation?.runtime ?? runtimeOf(spec.command)).promise
        : 'none',
    ...(restartedBy === undefined ? {} : { restartedBy }),
    ...(known.isDebugged ? { debugging: debuggingOf(handoff) } : {}),
  };
}

function debuggingOf({ phase, paused = [] }: Handoff): DebugStatus {
  const isReady = phase.kind === 'swapping' && phase.candidate.stage === 'waiting';
  return { paused, pending: isReady || (phase.kind === 'cutover' && paused.includes(phase.from)) };
}

function stateOf(phase: Handoff['phase'], parts: Making): ServerState {
  switch (phase.kind) {
    case 'off':
      // There is nothing to start yet.
      return !parts.isUp ? 'off' : parts.failure === undefined ? 'starting' : 'down';
    case 'serving':
      if (phase.checking !== undefined) return 'swapping';
      return phase.failure === undefined && parts.failure === undefined ? 'serving' : 'stale';
    case 'cutover':
    case 'resuming':
    case 'vacating':
      return 'swapping';
    default:
      return phase.kind;
  }
}
