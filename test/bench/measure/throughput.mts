import { setTimeout as sleep } from 'node:timers/promises';
import { ratioOf } from '../figures/ratio.mts';
import { Generator } from '../load/generatorHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { bare, type Peer } from '../servers/peers.mts';
import { freePort } from '../../tools/free-port.mts';
import { Running } from '../servers/running.mts';
import type { Sample } from '../servers/samples.mts';
import { runningCpuMs } from '../servers/usage.mts';
import { Workspace } from '../servers/workspace.mts';

/** One server's rounds. */
export interface Rounds {
  name: string;
  perSecond: number[];
  requests: number;
  errors: number;
  /** CPU time of the server and its tool over all rounds, steadier than the clock; NaN where there is no /proc. */
  cpuMs: number;
}

interface Contestant extends Rounds {
  running: Running;
  workspace: Workspace;
  port: number;
}

export interface Plan {
  rounds: number;
  roundMs: number;
  connections: number;
  /** After the first requests, so that V8 has tidied up in each; see `throughput`. */
  idleMs: number;
  warmUpMs: number;
  exact: boolean;
}

/**
 * The same server bare, bare again (how far apart equals come out is the noise), and under each peer, after one edit
 * where edits are seen. One works at a time, in turns whose order rotates, so that no one always goes first. If the
 * plan is exact, there are more rounds as long as a ratio is not known to a hundredth, up to three times as many; its
 * value has no say in that.
 *
 * A server that is idle for some eight seconds is slower by up to 15 % from then on, without any tool: V8's memory
 * reducer collects what the boot and the first requests have left, and then what it has compiled or learnt, too.
 * Without a pause it is luck which of the contestants that happens to, and when.
 */
export async function throughput(sample: Sample, peers: Peer[], plan: Plan): Promise<Rounds[]> {
  const contestants: Contestant[] = [];
  const generator = new Generator();
  try {
    for (const peer of [bare, { ...bare, name: 'bare again' }, ...peers]) {
      contestants.push(await enter(peer, sample));
    }
    const [base, ...others] = contestants as [Contestant, ...Contestant[]];
    const warmUp = async (): Promise<void> => {
      for (const { port } of contestants) await generator.measure(port, plan.connections, plan.warmUpMs);
    };
    await warmUp();
    if (plan.idleMs > 0) {
      await sleep(plan.idleMs);
      await warmUp();
    }
    const unsure = (): boolean => plan.exact && others.some((one) => ratioOf(one, base).plusMinus > 0.01);
    for (let round = 0; round < plan.rounds || (round < plan.rounds * 3 && unsure()); round++) {
      for (let turn = 0; turn < contestants.length; turn++) {
        await play(contestants[(turn + round) % contestants.length]!, generator, plan);
      }
    }
    return contestants.map(({ name, perSecond, requests, errors, cpuMs }) => {
      return { name, perSecond, requests, errors, cpuMs };
    });
  } finally {
    generator.end();
    for (const { running, workspace } of contestants) {
      await running.stop();
      workspace.remove();
    }
  }
}

async function play(one: Contestant, generator: Generator, plan: Plan): Promise<void> {
  const cpuBefore = runningCpuMs(one.workspace.root);
  const { requests, errors, ms } = await generator.measure(one.port, plan.connections, plan.roundMs);
  one.perSecond.push((requests * 1000) / ms);
  one.cpuMs += runningCpuMs(one.workspace.root) - cpuBefore;
  one.requests += requests;
  one.errors += errors;
}

async function enter(peer: Peer, sample: Sample): Promise<Contestant> {
  const workspace = new Workspace(sample);
  const port = await freePort();
  const running = await Running.start(peer, workspace, port);
  const rounds: Rounds = { name: peer.name, perSecond: [], requests: 0, errors: 0, cpuMs: 0 };
  try {
    await untilAnswer(port);
    if (peer.ours) {
      await running.save(2);
      await untilAnswer(port, 2);
      await running.untilWarm();
    }
    return { ...rounds, running, workspace, port };
  } catch (error) {
    await running.stop();
    workspace.remove();
    throw error;
  }
}
