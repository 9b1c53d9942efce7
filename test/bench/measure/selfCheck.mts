import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from '../load/handle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { bare } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import { expressApp } from '../servers/samples.mts';
import { Workspace } from '../servers/workspace.mts';
import { coldBoots } from './coldBoot.mts';

export interface SelfCheck {
  /** Failures of a server that nobody touches; must be 0, or the bench itself loses requests. */
  untouched: number;
  /** Failures of one that is gone for 300 ms; must not be 0, or the bench does not see them. */
  killed: number;
}

export async function selfCheck(rate: number): Promise<SelfCheck> {
  const workspace = new Workspace(expressApp);
  const port = await freePort();
  let server = await Running.start(bare, workspace, port);
  try {
    await untilAnswer(port);
    let load = new Load(port, rate);
    await sleep(1000);
    await coldBoots(workspace, 2); // a busy machine is no excuse
    await sleep(1000);
    const untouched = failuresOf(await load.finish());

    load = new Load(port, rate);
    await sleep(1000);
    await server.kill();
    await sleep(300);
    server = await Running.start(bare, workspace, port);
    await untilAnswer(port);
    await sleep(500);
    return { untouched, killed: failuresOf(await load.finish()) };
  } finally {
    await server.kill();
    workspace.remove();
  }
}

function failuresOf(load: { exchanges: { error?: string }[] }): number {
  return load.exchanges.filter((exchange) => exchange.error !== undefined).length;
}
