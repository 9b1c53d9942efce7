/** For scripts that wait: whether the code on disk is what answers, or why it can't. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../shared/clock.ts';
import type { ServerStatus, SwapOutcome } from '../shared/model.ts';
import type { Server } from './servers/server.ts';
import { changedAt } from './disk/contents.ts';
import type { Upgrades } from './changes/upgrades.ts';

const lookMs = 25;
/** A change on disk that is older (ms) and has started nothing was judged to be none: its content is the same, say. */
const judgedMs = 3000;

/** Resolves when that is decided: swapped, with who answers; rolled back, with what is wrong on disk; stopped. */
export async function untilCurrent(server: Server, upgrades: Upgrades, clock: Clock): Promise<SwapOutcome> {
  for (;;) {
    const outcome = await outcomeOf(server.status, server, upgrades, clock.now());
    if (outcome !== undefined) return outcome;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, lookMs));
  }
}

async function outcomeOf(
  status: ServerStatus,
  server: Server,
  upgrades: Upgrades,
  now: number,
): Promise<SwapOutcome | undefined> {
  const { state, serving, failure } = status;
  if (state === 'off' || state === 'stopping') return { outcome: 'stopped' };
  const isBroken =
    failure !== undefined && failure.reason !== 'crashed' && (state === 'stale' || state === 'down');
  if (!isBroken && (state !== 'serving' || serving === undefined)) return undefined;
  const tried = isBroken ? failure.generation : serving?.generation;
  const began = server.told.history.events.findLast(
    (event) => event.event === 'starting' && event.generation === tried,
  );
  const { refused } = server.roster;
  const checked = isBroken && refused?.generation === tried ? refused?.at : undefined;
  const since = checked ?? server.roster.find(tried)?.generation.startedAt ?? began?.time ?? 0;
  const newest = await newestOf([...upgrades.changes.files]);
  const isTold = newest <= since || (now - newest > judgedMs && upgrades.spec.watchDisk);
  // While it was looked, something may have begun.
  if (!isTold || server.status.state !== state) return undefined;
  if (isBroken) {
    const still = serving === undefined ? {} : { serving: serving.generation };
    return { outcome: 'rolledBack', failure, ...still };
  }
  if (serving === undefined || server.status.serving?.generation !== serving.generation) return undefined;
  return { outcome: 'swapped', generation: serving.generation, swapMs: serving.swapMs };
}

/** When the last of them changed on disk, ms since the epoch. */
async function newestOf(files: readonly string[]): Promise<number> {
  const times = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (found) => changedAt(found),
        () => 0,
      ),
    ),
  );
  return times.reduce((newest, time) => Math.max(newest, time), 0);
}
