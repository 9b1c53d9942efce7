/** For facts about files and other processes, which tell nobody when they come true. */
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 50;

export async function untilTrue(holds: () => boolean, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not true within ${patienceMs} ms: ${String(holds)}`);
    await sleep(lookEveryMs);
  }
}
