/** A server that was not invited, or not in its words. */
import { setTimeout } from 'node:timers/promises';
import type { Stage } from './stage.mts';
import { Violation } from './subject.mts';
import type { Subject } from './subject.mts';

/** Resolves once it does. */
export async function answersAlone(stage: Stage, subject: Subject): Promise<void> {
  const until = Date.now() + 20_000;
  while (!subject.hasExited && Date.now() < until) {
    const client = stage.client();
    const isThere = await new Promise<boolean>((resolve) => {
      client.socket.once('connect', () => resolve(true));
      client.socket.once('error', () => resolve(false));
    });
    if (isThere) {
      await client.ask().answer('with an invitation of another version, it does not answer');
      return;
    }
    await setTimeout(50);
  }
  throw new Violation('with an invitation of another version, it does not serve as it would without one');
}
