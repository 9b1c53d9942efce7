/** What a generation tells its server. */
import type { FromGeneration } from '../../runtimes/protocol/messages.ts';
import type { Loss } from '../../handoff/state.ts';
import type { DrainProgress, DrainResult, ListenerStatus } from '../../shared/model.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import type { ControlPeer } from './control-server.ts';
import type { Peers } from './peers.ts';

export type ReadinessNews = Omit<FromGeneration & { readonly type: 'wasReady' }, 'type'>;

export interface GenerationEvents {
  handle(key: string, handle: ListenerHandle): void;
  listening(listener: ListenerStatus, adopted: boolean): void;
  /** Every listener it is expected to serve is in place, gated or new. */
  ready(): void;
  accepting(): void;
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
  /** Whether that process is one of another generation. */
  isOlder(pid: number): boolean;
  output(stream: 'stdout' | 'stderr', text: string): void;
  exchange(line: string): void;
  trouble(message: string): void;
  lost(loss: Loss): void;
  gone(loss: Loss): void;
}

/** What one of its processes says of itself, as what is true of all of them. Unknown messages are a newer runtime's. */
export function hear(
  message: FromGeneration,
  peer: ControlPeer,
  peers: Peers,
  events: GenerationEvents,
): void {
  switch (message.type) {
    case 'holding':
      peers.holding(peer);
      if (peers.allHolding) events.holding();
      return;
    case 'held':
      peers.heldBy(peer, message.requests);
      events.held();
      return;
    case 'answered':
      peers.hasAnswered = true;
      return;
    case 'wasReady':
      events.wasReady(message);
      return;
    case 'lastGet':
      peers.lastGet = message;
      return;
    case 'accepting':
      events.accepting();
      return;
    case 'stopped':
      peers.stopped(peer, message);
      if (peers.allStopped) events.stopped(peers.progress);
      return;
    case 'resumed':
      peers.resumed();
      events.resumed(message.ok);
      return;
    case 'draining':
      peers.draining(peer, message);
      events.draining(peers.progress);
      return;
    case 'passing':
      events.passing();
      return;
    case 'drained':
      peers.drained(peer, message);
      if (peers.result !== undefined) events.drained(peers.result);
      return;
    case 'trouble':
      events.trouble(message.message);
      return;
    case 'files':
    case 'modules':
      peers.answered(message.id, message);
      return;
    default:
  }
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
