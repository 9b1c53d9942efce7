/** A canary: one client that tries newer code ahead of all others. */
import type { Doors } from '../../../protocol/messages.ts';
import { wait } from '../engine/wait.ts';
import type { Traffic } from './traffic.ts';

/** For a client to come that tries the successor, and for its answer to begin. */
const clientMs = 10;
const answerMs = 50;

/**
 * A server's first answer takes several times as long as later ones, and whoever comes meanwhile waits for it, too.
 * So one client tries the successor, and the others are answered here until it knows what newer code answers.
 */
export async function tryCanary(
  listeners: readonly { readonly key: string; readonly traffic: Traffic }[],
  successor: Doors,
): Promise<void> {
  // Who asks several things at once, as in HTTP/2, is not the one to try with.
  if (listeners.every(({ traffic: { clients } }) => clients.httpSockets.size === clients.http2Sessions.size))
    return;
  const answered = Promise.race(listeners.map(({ key, traffic }) => traffic.tryCanary(successor[key])));
  await Promise.race([answered, wait(clientMs)]);
  if (listeners.some(({ traffic }) => traffic.hasCanary)) await Promise.race([answered, wait(answerMs)]);
}
