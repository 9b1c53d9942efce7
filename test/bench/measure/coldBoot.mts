import { untilAnswer } from '../servers/answers.mts';
import { bare } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import type { Workspace } from '../servers/workspace.mts';

/** Milliseconds from spawning the sample without any tool to its first 200, once per time asked for. */
export async function coldBoots(workspace: Workspace, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const port = await freePort();
    const start = performance.now();
    const server = await Running.start(bare, workspace, port);
    await untilAnswer(port);
    took.push(performance.now() - start);
    await server.kill();
  }
  return took;
}
