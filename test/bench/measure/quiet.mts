import { setTimeout as sleep } from 'node:timers/promises';
import { Stopwatch } from '../load/stopwatchHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { CpuMeter } from '../servers/cpuMeter.mts';
import type { Peer } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import type { Sample } from '../servers/samples.mts';
import { type Memory, memoryOf } from '../servers/usage.mts';
import { Workspace } from '../servers/workspace.mts';

/** What a peer uses while nobody but the stopwatch asks it anything. */
export interface Quiet {
  /** From save to new answer, one per edit that was seen. */
  tookMs: number[];
  /** Everything that works for a swap, until it is done and the next one can come; idle time taken off. */
  cpuMsPerSwap: number;
  idleCpuMsPerSecond: number;
  /** After the edits, at rest. */
  memory: Memory;
}

const idleMs = 1500;
const settleMs = 1200;
const patienceMs = 10_000;

/** A few edits without load, so that the processor time is the swap's and the memory is the server's. */
export async function measureQuiet(peer: Peer, sample: Sample, edits: number): Promise<Quiet> {
  const workspace = new Workspace(sample);
  const port = await freePort();
  const running = await Running.start(peer, workspace, port);
  const stopwatch = new Stopwatch(port);
  const settled = async (): Promise<void> => {
    await running.untilWarm();
    await sleep(settleMs);
  };
  try {
    await untilAnswer(port, 1);
    await settled();

    const idling = new CpuMeter(workspace.root);
    await sleep(idleMs);
    const idle = idling.stop() / idleMs;

    const swapping = new CpuMeter(workspace.root);
    const start = performance.now();
    const tookMs: number[] = [];
    for (let version = 2; version < edits + 2; version++) {
      const { saved, seen } = await stopwatch.time(version, () => running.save(version), patienceMs);
      if (seen) tookMs.push(seen.clock - saved.clock);
      await settled();
    }
    const used = swapping.stop() - idle * (performance.now() - start);
    const memory = memoryOf(workspace.root);
    return { tookMs, cpuMsPerSwap: used / edits, idleCpuMsPerSecond: idle * 1000, memory };
  } finally {
    stopwatch.end();
    await running.stop();
    workspace.remove();
  }
}
