/** What a generation tells its server. */
import type { SupervisorSide } from '../../runtimes/protocol/hear.ts';
import type { FromGeneration, Inspecting } from '../../runtimes/protocol/messages.ts';
import type { Loss } from '../../handoff/state.ts';
import type { DrainProgress, DrainResult, ListenerStatus } from '../../shared/model.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import type { ControlPeer } from './control-server.ts';
import type { Peers } from './peers.ts';

export type ReadinessNews = Omit<FromGeneration & { readonly type: 'wasReady' }, 'type'>;

export interface GenerationEvents {
  handle(key: string, handle: ListenerHandle): void;
  /** `accept`: lets that process in. */
  listening(listener: ListenerStatus, adopted: boolean, accept: () => void): void;
  /** Every listener it is expected to serve is in place, gated or new. */
  ready(): void;
  /** It listens, but nothing in it takes part. */
  unmanaged(): void;
  accepting(): void;
  /** A client, for the first time. */
  answered(): void;
  /** Clients got their first good answers. */
  wasReady(readiness: ReadinessNews): void;
  stopped(progress: DrainProgress): void;
  resumed(ok: boolean): void;
  /** From here on none of its processes answers a new request. */
  holding(): void;
  held(): void;
  draining(progress: DrainProgress): void;
  /** It stays for requests that it passed on. */
  passing(): void;
  drained(result: DrainResult): void;
  closed(key: string): void;
  /** One of its processes is gone, and others are left. */
  fewer(): void;
  /** Whether that process is one of another generation. */
  isOlder(pid: number): boolean;
  output(stream: 'stdout' | 'stderr', text: string): void;
  exchange(line: string): void;
  inspecting(where: Inspecting): void;
  trouble(message: string): void;
  lost(loss: Loss): void;
  gone(loss: Loss): void;
}

/** What one of its processes says of itself, as what is true of all of them; its listeners are the generation's. */
export function processOf(
  peer: ControlPeer,
  peers: Peers,
  events: GenerationEvents,
): Omit<SupervisorSide, 'listening' | 'listenFailed' | 'closed'> {
  return {
    holding: () => {
      peers.holding(peer);
      if (peers.allHolding) events.holding();
    },
    held: (requests) => {
      peers.heldBy(peer, requests);
      events.held();
    },
    accepting: () => events.accepting(),
    answered: () => {
      if (!peers.hasAnswered) events.answered();
      peers.hasAnswered = true;
    },
    wasReady: (readiness) => events.wasReady(readiness),
    lastGet: (question) => {
      peers.lastGet = question;
    },
    stopped: (progress) => {
      peers.stopped(peer, progress);
      if (peers.allStopped) events.stopped(peers.progress);
    },
    resumed: (ok) => {
      peers.resumed();
      events.resumed(ok);
    },
    draining: (progress) => {
      peers.draining(peer, progress);
      events.draining(peers.progress);
    },
    passing: () => events.passing(),
    drained: (result) => {
      peers.drained(peer, result);
      if (peers.result !== undefined) events.drained(peers.result);
    },
    inspecting: (where) => events.inspecting(where),
    trouble: (message) => events.trouble(message),
    marked: (marks) => {
      peers.marked.push(marks);
    },
    answer: (id, answer) => peers.questions.answered(id, answer),
  };
}

/** It is gone: what was waited for may have come with that. */
export function without(peer: ControlPeer, peers: Peers, events: GenerationEvents): void {
  const { allHolding, allStopped, result } = peers;
  peers.remove(peer);
  if (peers.size === 0) return;
  events.fewer();
  if (!allHolding && peers.allHolding) events.holding();
  if (!allStopped && peers.allStopped) events.stopped(peers.progress);
  if (result === undefined && peers.result !== undefined) events.drained(peers.result);
}

export function statusOf(message: FromGeneration & { type: 'listening' }): ListenerStatus {
  const { key, tls, address, port, path } = message;
  return {
    key,
    tls,
    ...(address === undefined ? {} : { host: address }),
    ...(port === undefined ? {} : { port }),
    ...(path === undefined ? {} : { path }),
  };
}
