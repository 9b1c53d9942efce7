import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../load/exchange.mts';
import { Load } from '../load/handle.mts';
import { untilAnswer } from '../servers/answers.mts';
import type { HotSwapEvent } from '../servers/events.mts';
import { type Peer, Running } from '../servers/peers.mts';
import { freePort } from '../servers/ports.mts';
import { expressApp, Workspace } from '../servers/workspace.mts';
import { coldBoots } from './coldBoot.mts';

/** One save. Times in ms since the epoch. */
export interface Save {
  kind: 'good' | 'broken' | 'fix';
  /** What the server should answer afterwards; a broken save keeps the version before it. */
  version: number;
  time: number;
  /** First response with this version; undefined: it never came. */
  firstNew?: number;
}

/** A bare server started beside the load, after an edit: what the same boot costs without the tool, just then. */
export interface Boot {
  from: number;
  ms: number;
}

/** Everything that happened to one peer. */
export interface Recording {
  peer: Peer;
  saves: Save[];
  boots: Boot[];
  exchanges: Exchange[];
  lateMs: number[];
  events: HotSwapEvent[];
  complaints: string[];
}

const brokenEvery = 5;
const brokenForMs = 1500;
const patienceMs = 15_000;

/** Edits the Express sample under load, as a person would: save, see the new answer, go on working. */
export async function recordEdits(peer: Peer, edits: number, rate: number): Promise<Recording> {
  const workspace = new Workspace(expressApp);
  const port = await freePort();
  const running = new Running(peer, workspace, port);
  const saves: Save[] = [];
  const boots: Boot[] = [];
  try {
    await untilAnswer(port, 1);
    const load = new Load(port, rate);
    await sleep(2000); // longer than a stream, so that the first save meets several
    let version = 1;
    for (let edit = 1; edit <= edits; edit++) {
      const broken = edit % brokenEvery === 0;
      if (broken) {
        saves.push({ kind: 'broken', version, time: workspace.saveBroken() });
        await sleep(brokenForMs);
      }
      version++;
      const save: Save = { kind: broken ? 'fix' : 'good', version, time: workspace.save(version) };
      saves.push(save);
      const firstNew = await load.firstAnswer(version, patienceMs);
      if (firstNew !== undefined) save.firstNew = firstNew;
      await sleep(1500 + Math.random() * 300); // streams of the old code end, and saves keep no beat
      boots.push(...(await bootBeside(workspace)));
    }
    const { exchanges, lateMs } = await load.finish();
    await running.stop();
    return { peer, saves, boots, exchanges, lateMs, events: running.events, complaints: running.complaints };
  } finally {
    await running.kill();
    workspace.remove();
  }
}

async function bootBeside(workspace: Workspace): Promise<Boot[]> {
  const from = Date.now();
  const took = await coldBoots(workspace, 1);
  await sleep(500);
  return took.map((ms) => ({ from, ms }));
}
