/** A generation as its attendant has it: what it may ask of its processes, and say in their place. */
import type { Attended, Subject } from '../../runtimes/attendant.ts';
import type { FromGeneration } from '../../runtimes/protocol/messages.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import { listeningOn } from '../listeners/port-owner.ts';
import type { ProcessTree } from '../processes/process-tree.ts';

/** As generations have those of their processes that take part. */
export interface Spokesman {
  send(message: Parameters<Attended['hear']>[0]): void;
}

export interface Represented {
  connected(peer: Spokesman, pid: number, runtime: string): void;
  received(peer: Spokesman, message: FromGeneration, line: string): void;
  disconnected(peer: Spokesman): void;
}

/** `keep`: among the listeners that outlive it. */
export function subjectOf(
  tree: ProcessTree,
  attended: Attended,
  generation: Represented,
  keep: (key: string, handle: ListenerHandle) => void,
): Subject {
  const peer: Spokesman = { send: (message) => attended.hear(message) };
  let isIn = false;
  return {
    pid: tree.pid,
    members: () => tree.command.members(),
    signal: (signal) => tree.command.signal(signal),
    listens: listeningOn,
    joins: (runtime) => {
      isIn = true;
      generation.connected(peer, tree.pid, runtime);
    },
    says: (message) => generation.received(peer, message, JSON.stringify(message)),
    leaves: () => {
      if (isIn) generation.disconnected(peer);
      isIn = false;
    },
    keeps: (key, close) => keep(key, { fd: undefined, close }),
  };
}
