import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, untilAnswer } from '../servers/answers.mts';
import { Database } from '../servers/database.mts';
import type { Peer } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import { leftovers as sample } from '../servers/samples.mts';
import { memoryOf } from '../servers/usage.mts';
import { Workspace } from '../servers/workspace.mts';

/** What is there of an app that wants one of each, after some saves. */
export interface Leftovers {
  peer: string;
  saves: number;
  /** Saves whose code answered. */
  seen: number;
  /** Of a timer that fires ten times a second. */
  timersPerSecond: number;
  connections: number;
  /** How often the app's main module ran in the process that answers; NaN if none does. */
  loads: number;
  listeners: number;
  /** From after the first save to after the last. */
  rssGrowthMb: number;
}

const pauseMs = 400;
const patienceMs = 5000;
/** After the last save, for old generations to be gone. */
const settleMs = 2500;
/** Tools that no longer answer are not asked twenty times. */
const mostMisses = 3;

/** Edits the stateful sample without load; 0 saves tell what there is of a server that nobody touched. */
export async function measureLeftovers(peer: Peer, saves: number): Promise<Leftovers> {
  const workspace = new Workspace(sample);
  const database = new Database();
  const port = await freePort();
  const settings = { DATABASE_PORT: String(await database.listen()) };
  const running = await Running.start(peer, workspace, port, settings);
  try {
    await untilAnswer(port, 1);
    let seen = 0;
    let first = NaN;
    for (let save = 1; save <= saves && save - 1 - seen < mostMisses; save++) {
      await running.untilWarm();
      await running.save(save + 1);
      if (await answers(port, save + 1)) seen++;
      await sleep(pauseMs);
      if (save === 1) first = await rssAtRest(running, workspace);
    }
    const last = await rssAtRest(running, workspace);
    const timersPerSecond = await database.ticksPerSecond(2000);
    const state = JSON.parse((await answerOf(port)) ?? '{}') as { loads?: number; listeners?: number };
    return {
      peer: peer.name,
      saves,
      seen,
      timersPerSecond,
      connections: database.connections,
      loads: state.loads ?? NaN,
      listeners: state.listeners ?? NaN,
      rssGrowthMb: last - first,
    };
  } finally {
    await running.stop();
    database.close();
    workspace.remove();
  }
}

async function rssAtRest(running: Running, workspace: Workspace): Promise<number> {
  await running.untilWarm();
  await sleep(settleMs);
  return memoryOf(workspace.root).rssMb;
}

function answers(port: number, version: number): Promise<boolean> {
  return untilAnswer(port, version, patienceMs).then(
    () => true,
    () => false,
  );
}
