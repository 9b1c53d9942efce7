import fs from 'node:fs';
import { ratioOf } from '../figures/ratio.mts';
import { Generator } from '../load/generatorHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { bare, type Peer, Running } from '../servers/peers.mts';
import { freePort } from '../servers/ports.mts';
import { type Sample, Workspace } from '../servers/workspace.mts';

/** One server's rounds. */
export interface Rounds {
  name: string;
  perSecond: number[];
  requests: number;
  errors: number;
  /** The server's own CPU time over all rounds, steadier than the clock; NaN where there is no /proc. */
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
}

const warmUpMs = 3000;

/**
 * The same server three times: bare, bare again (how far apart equals come out is the noise), and as generation 2
 * of hot-swap. One works at a time, in turns whose order rotates, so that no one always goes first. As long as a
 * ratio is not known to a hundredth there are more rounds, up to three times as many; its value has no say in that.
 */
export async function throughput(sample: Sample, peer: Peer, plan: Plan): Promise<Rounds[]> {
  const contestants: Contestant[] = [];
  const generator = new Generator();
  try {
    contestants.push(await enter(bare, sample));
    contestants.push(await enter({ ...bare, name: 'bare again' }, sample));
    contestants.push(await enter(peer, sample));
    const [base, ...others] = contestants as [Contestant, ...Contestant[]];
    for (const { port } of contestants) await generator.measure(port, plan.connections, warmUpMs);
    const unsure = (): boolean => others.some((one) => ratioOf(one, base).plusMinus > 0.01);
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
  const cpuBefore = cpuMs(one.running.serverPid);
  const { requests, errors, ms } = await generator.measure(one.port, plan.connections, plan.roundMs);
  one.perSecond.push((requests * 1000) / ms);
  one.cpuMs += cpuMs(one.running.serverPid) - cpuBefore;
  one.requests += requests;
  one.errors += errors;
}

async function enter(peer: Peer, sample: Sample): Promise<Contestant> {
  const workspace = new Workspace(sample);
  const port = await freePort();
  const running = new Running(peer, workspace, port);
  const rounds: Rounds = { name: peer.name, perSecond: [], requests: 0, errors: 0, cpuMs: 0 };
  try {
    await untilAnswer(port);
    if (peer.ours) {
      workspace.save(2);
      await untilAnswer(port, 2);
    }
    return { ...rounds, running, workspace, port };
  } catch (error) {
    await running.stop();
    workspace.remove();
    throw error;
  }
}

/** User and system time of a process: fields 14 and 15 of /proc/<pid>/stat, in hundredths of a second. */
function cpuMs(pid: number): number {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return NaN;
  }
}
