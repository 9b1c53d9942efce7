import { untilAnswer } from '../servers/answers.mts';
import { bare, Running } from '../servers/peers.mts';
import { freePort } from '../servers/ports.mts';
import type { Workspace } from '../servers/workspace.mts';

/** Milliseconds from spawning a bare `node server.js` to its first 200, once per time asked for. */
export async function coldBoots(workspace: Workspace, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const port = await freePort();
    const server = new Running(bare, workspace, port);
    took.push(await untilAnswer(port));
    await server.kill();
  }
  return took;
}
