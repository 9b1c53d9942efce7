import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../load/exchange.mts';
import { Load } from '../load/handle.mts';
import { Stopwatch } from '../load/stopwatchHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import type { HotSwapEvent } from '../servers/events.mts';
import type { Peer } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import type { Sample } from '../servers/samples.mts';
import { Workspace } from '../servers/workspace.mts';
import { coldBoots } from './coldBoot.mts';

/** One save. Times in ms since the epoch. */
export interface Save {
  /**
   * `hasty`: the moment the save before it was live, so that nothing can stand ready for it. `calm`: like a good one,
   * but without the stopwatch, which asks so often that what others wait would be partly its doing.
   */
  kind: 'good' | 'calm' | 'hasty' | 'broken' | 'fix';
  /** What the server should answer afterwards; a broken save keeps the version before it. */
  version: number;
  time: number;
  /** Whether a standby stood ready; undefined for peers that have none. */
  warm?: boolean;
  /** First response with this version; undefined: it never came. */
  firstNew?: number;
  /** From the save to that response, with fractions. */
  tookMs?: number;
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
const hastyEvery = 4;
const bootEvery = 4;
const brokenForMs = 1500;
const patienceMs = 15_000;

/** Edits a sample under load, as a person would: save, see the new answer, go on working. */
export async function recordEdits(
  peer: Peer,
  sample: Sample,
  { edits, rate, pauseMs }: { edits: number; rate: number; pauseMs: number },
): Promise<Recording> {
  const workspace = new Workspace(sample);
  const port = await freePort();
  const running = await Running.start(peer, workspace, port);
  const stopwatch = new Stopwatch(port);
  const saves: Save[] = [];
  const boots: Boot[] = [];
  let load: Load | undefined;

  async function save(kind: Save['kind'], warm?: boolean): Promise<void> {
    const version = newestOf(saves) + 1;
    const { saved, seen } = await stopwatch.time(version, () => running.save(version), patienceMs);
    const took = seen && { firstNew: seen.time, tookMs: seen.clock - saved.clock };
    saves.push({ kind, version, time: saved.time, ...(warm === undefined ? {} : { warm }), ...took });
  }

  async function saveCalmly(): Promise<void> {
    const version = newestOf(saves) + 1;
    const saved = await running.save(version);
    saves.push({ kind: 'calm', version, time: saved.time });
  }

  async function saveBroken(): Promise<void> {
    const saved = await running.saveBroken();
    saves.push({ kind: 'broken', version: newestOf(saves), time: saved.time });
  }

  /** Streams of the old code end, the next generation stands ready, and saves keep no beat. */
  async function pause(): Promise<boolean | undefined> {
    await sleep(pauseMs + Math.random() * 300);
    return running.untilWarm();
  }

  try {
    await untilAnswer(port, 1);
    load = new Load(port, rate);
    await sleep(2000); // longer than a stream, so that the first save meets several
    let warm = await running.untilWarm();
    for (let edit = 1; edit <= edits; edit++) {
      await save('good', warm);
      const last = edit === edits;
      if (edit % hastyEvery === 0 || (last && edits < hastyEvery)) await save('hasty', false);
      for (let calm = 0; calm < peer.calmEdits; calm++) {
        await pause();
        await saveCalmly();
      }
      warm = await pause();
      if (edit % brokenEvery === 0 || (last && edits < brokenEvery)) {
        await saveBroken();
        await sleep(brokenForMs);
        await save('fix');
        warm = await pause();
      }
      if (edit % bootEvery === 1) {
        boots.push(...(await bootBeside(workspace)));
        warm = await running.untilWarm();
      }
    }
    const { exchanges, lateMs } = await load.finish();
    for (const save of saves) if (save.kind === 'calm') Object.assign(save, firstOf(exchanges, save.version));
    exchanges.push(...(await stopwatch.finish()));
    await running.stop();
    return { peer, saves, boots, exchanges, lateMs, events: running.events, complaints: running.complaints };
  } finally {
    load?.end();
    stopwatch.end();
    await running.kill();
    workspace.remove();
  }
}

function newestOf(saves: Save[]): number {
  return saves.reduce((newest, one) => Math.max(newest, one.version), 1);
}

/** When the load saw this version or a newer one. */
function firstOf(exchanges: Exchange[], version: number): Pick<Save, 'firstNew'> {
  const seen = exchanges.flatMap((one) => ((one.version ?? 0) >= version ? (one.first ?? []) : []));
  return seen.length === 0 ? {} : { firstNew: Math.min(...seen) };
}

async function bootBeside(workspace: Workspace): Promise<Boot[]> {
  const from = Date.now();
  const took = await coldBoots(workspace, 1);
  await sleep(500);
  return took.map((ms) => ({ from, ms }));
}
