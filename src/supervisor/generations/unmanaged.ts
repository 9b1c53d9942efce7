/** A generation that listens without taking part: what can be said of it, since it can't say anything itself. */
import { runtimeOfProgram } from '../../runtimes/registry.ts';
import type { ListenerStatus } from '../../shared/model.ts';
import type { Missing } from '../../runtimes/runtime.ts';
import type { ListeningProcess } from '../listeners/port-owner.ts';

export interface Unmanaged {
  readonly pid: number;
  readonly program: string;
  readonly listener: ListenerStatus;
  /** What is not there: `Hot Swap's preload`. */
  readonly missing: string;
  readonly advice: string;
  /** It is about to be started once more, otherwise. */
  isTried?: true;
}

/**
 * `isInvited`: the process tells what it does to files, but has not said that it listens. `asked`: what there is to say
 * of one that was asked to listen somewhere else.
 */
export function unmanagedBy(
  { pid, port, program }: ListeningProcess,
  isInvited: boolean,
  asked?: Missing,
): Unmanaged {
  const errors = runtimeOfProgram(program)?.errors;
  const listener = { key: `tcp:*:${String(port)}`, port, tls: false };
  const why = asked ?? (isInvited ? errors?.notHandedOver : undefined) ?? errors?.uninvited;
  if (why !== undefined) return { pid, program, listener, ...why };
  const missing = `an adapter for ${program === '' ? 'its program' : program}`;
  return { pid, program, listener, missing, advice: 'Its language has none yet.' };
}

/** `gen 1 listens on :8000 without …, and runs as it would without Hot Swap: …` */
export function unmanagedNotice(
  generation: number,
  { listener, missing, advice, isTried }: Unmanaged,
): { readonly level: 'info' | 'warn'; readonly message: string } {
  const place = `:${String(listener.port)}`;
  const tried =
    `gen ${String(generation)} listens on ${place}, where it can't be swapped: it is started once more, with a port of ` +
    `its own in PORT, behind Hot Swap's front on ${place}.`;
  const alone =
    `gen ${String(generation)} listens on ${place} without ${missing}, and runs as it would without Hot Swap: a save ` +
    `restarts nothing, and a swap that is asked for ends it before the next one starts. ${advice}`;
  return isTried === true ? { level: 'info', message: tried } : { level: 'warn', message: alone };
}
