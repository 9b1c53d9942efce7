/** One client ahead of all others. */
import type { Doors } from '../../../protocol/messages.ts';
import type { ServedListener } from '../sockets/served-listener.ts';
import { wait } from '../engine/wait.ts';

/** For a client to come that tries the successor, and for its answer to begin. */
const leaderMs = 10;
const answerMs = 50;

/**
 * A server's first answer takes several times as long as later ones, and whoever comes meanwhile waits for it, too.
 * So one client tries the successor, and the others are answered here until it knows what newer code answers.
 */
export async function leadOne(
  listeners: readonly Pick<ServedListener, 'key' | 'traffic'>[],
  successor: Doors,
): Promise<void> {
  // Who asks several things at once, as in HTTP/2, is not the one to try with.
  if (listeners.every(({ traffic }) => traffic.httpSockets.size === traffic.http2Sessions.size)) return;
  const answered = Promise.race(listeners.map(({ key, traffic }) => traffic.lead(successor[key])));
  await Promise.race([answered, wait(leaderMs)]);
  if (listeners.some(({ traffic }) => traffic.isLed)) await Promise.race([answered, wait(answerMs)]);
}
