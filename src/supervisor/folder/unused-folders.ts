/** The folders of other workspaces (preload, compile cache, sockets of who was killed), removed once unused. */
import { utimesSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Rendezvous } from '../../shared/rendezvous.ts';
import { neighboursOf } from '../../shared/rendezvous.ts';
import { answers } from './claim.ts';

/** Whoever comes back later pays for one start with a cold compile cache. */
const unusedMs = 14 * 24 * 60 * 60 * 1000;

/** Before anything is put into it, so that no other supervisor takes it away meanwhile. */
export function markAsUsed(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}

/** `now`: in ms since 1970. A folder is also used whenever a side door is made in it, that is with each swap. */
export async function removeUnused(own: Rendezvous, now: number): Promise<void> {
  for (const { folder, socket } of await neighboursOf(own)) {
    const used = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - used < unusedMs || (await answers(socket))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined); // the next one will try again
  }
}
