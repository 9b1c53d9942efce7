import { ratioOf } from '../figures/ratio.mts';
import { spread } from '../figures/stats.mts';
import { Generator } from '../load/generatorHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { bare, type Peer } from '../servers/peers.mts';
import { freePort } from '../servers/ports.mts';
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
  /** Requests/s of the processes of which this was the fastest; empty if there was no choice. */
  candidates: number[];
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
  warmUpMs: number;
  exact: boolean;
  /** Processes of each of which the fastest one goes on, and rounds to find it. */
  candidates: number;
  trials: number;
}

/**
 * The same server bare, bare again (how far apart equals come out is the noise), and under each peer, after one edit
 * where edits are seen. One works at a time, in turns whose order rotates, so that no one always goes first. If the
 * plan is exact, there are more rounds as long as a ratio is not known to a hundredth, up to three times as many; its
 * value has no say in that.
 *
 * What V8 makes of the same code differs from process to process, under a peer as without: of the Fastify sample one in
 * three is slower by 15 %, and stays so. Hence several processes of each, and the fastest against the fastest.
 */
export async function throughput(sample: Sample, peers: Peer[], plan: Plan): Promise<Rounds[]> {
  const fields: Contestant[][] = [];
  const generator = new Generator();
  try {
    for (const peer of [bare, { ...bare, name: 'bare again' }, ...peers]) {
      const field: Contestant[] = [];
      fields.push(field);
      for (let i = 0; i < plan.candidates; i++) field.push(await enter(peer, sample));
    }
    const entered = fields.flat();
    for (const { port } of entered) await generator.measure(port, plan.connections, plan.warmUpMs);
    for (let round = 0; round < plan.trials; round++) await playAll(entered, round, generator, plan);
    const contestants = fields.map(fastest);
    const [base, ...others] = contestants as [Contestant, ...Contestant[]];
    const unsure = (): boolean => plan.exact && others.some((one) => ratioOf(one, base).plusMinus > 0.01);
    for (let round = 0; round < plan.rounds || (round < plan.rounds * 3 && unsure()); round++) {
      await playAll(contestants, round, generator, plan);
    }
    return contestants.map(({ name, perSecond, requests, errors, cpuMs, candidates }) => {
      return { name, perSecond, requests, errors, cpuMs, candidates };
    });
  } finally {
    generator.end();
    for (const { running, workspace } of fields.flat()) {
      await running.stop();
      workspace.remove();
    }
  }
}

/** Its rounds begin anew. */
function fastest(field: Contestant[]): Contestant {
  const speeds = field.map(({ perSecond }) => spread(perSecond).median);
  const best = field[speeds.indexOf(Math.max(...speeds))] ?? field[0]!;
  return { ...best, ...nothing(best.name), candidates: field.length > 1 ? speeds : [] };
}

function nothing(name: string): Rounds {
  return { name, perSecond: [], requests: 0, errors: 0, cpuMs: 0, candidates: [] };
}

async function playAll(all: Contestant[], round: number, generator: Generator, plan: Plan): Promise<void> {
  for (let turn = 0; turn < all.length; turn++) {
    await play(all[(turn + round) % all.length]!, generator, plan);
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
  try {
    await untilAnswer(port);
    if (peer.ours) {
      await running.save(2);
      await untilAnswer(port, 2);
      await running.untilWarm();
    }
    return { ...nothing(peer.name), running, workspace, port };
  } catch (error) {
    await running.stop();
    workspace.remove();
    throw error;
  }
}
