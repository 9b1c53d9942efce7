/** A generation that listens without taking part: what can be said of it, since it can't say anything itself. */
import { runtimeOfProgram } from '../../runtimes/registry.ts';
import type { ListenerStatus } from '../../shared/model.ts';
import type { ListeningProcess } from './port-owner.ts';

export interface Unmanaged {
  readonly pid: number;
  readonly listener: ListenerStatus;
  /** What is not there: `Hot Swap's preload`. */
  readonly missing: string;
  readonly advice: string;
}

export function unmanagedBy({ pid, port, program }: ListeningProcess): Unmanaged {
  const runtime = runtimeOfProgram(program);
  const listener = { key: `tcp:*:${String(port)}`, port, tls: false };
  if (runtime !== undefined) return { pid, listener, ...runtime.errors.uninvited };
  const missing = `an adapter for ${program === '' ? 'its program' : program}`;
  return { pid, listener, missing, advice: 'Its language has none yet.' };
}

/** `gen 1 listens on :8000 without …, and runs as it would without Hot Swap: …` */
export function unmanagedText(generation: number, { listener, missing, advice }: Unmanaged): string {
  return (
    `gen ${String(generation)} listens on :${String(listener.port)} without ${missing}, and runs as it would without ` +
    `Hot Swap: a save restarts nothing, and a swap that is asked for ends it before the next one starts. ${advice}`
  );
}
