import type { App, Contender } from '../figures/results.mts';
import { spread } from '../figures/stats.mts';
import { summarize } from '../figures/summary.mts';
import type { Options } from '../options.mts';
import { hotSwap, type Peer } from '../servers/peers.mts';
import { whyMissing } from '../servers/running.mts';
import type { Sample } from '../servers/samples.mts';
import { Workspace } from '../servers/workspace.mts';
import { coldBoots } from './coldBoot.mts';
import { recordEdits } from './edits.mts';
import { measureQuiet } from './quiet.mts';
import { say } from './say.mts';
import { throughput } from './throughput.mts';

/** One app with one peer after the other. */
export async function measureApp(sample: Sample, chosen: Peer[], options: Options): Promise<App> {
  const cold: number[] = [];
  const workspace = new Workspace(sample);
  const bootSome = async (): Promise<number[]> => {
    const took = await coldBoots(workspace, options.coldBoots);
    cold.push(...took);
    return took;
  };
  const contenders: Contender[] = [];
  const runnable: Peer[] = [];
  try {
    await coldBoots(workspace, 1); // fills the disk cache
    for (const peer of chosen) {
      const { name, title } = peer;
      const missing = await whyMissing(peer);
      if (missing !== undefined) {
        say(`${sample.name}, ${name}: not here: ${missing}`);
        contenders.push({ peer: name, title, missing });
        continue;
      }
      runnable.push(peer);
      if (!options.parts.includes('edits')) continue;
      // Just before and just after, so that a machine whose mood changes changes both sides of the ratio.
      const before = await bootSome();
      const measured = await measurePeer(peer, sample, options);
      const coldBootMs = spread([...before, ...(await bootSome())]);
      contenders.push({ peer: name, title, coldBootMs, ...measured });
    }
  } finally {
    workspace.remove();
  }
  const flows = await measureThroughput(sample, runnable, options);
  return { sample: sample.name, title: sample.title, coldBootMs: spread(cold), peers: contenders, ...flows };
}

async function measurePeer(
  peer: Peer,
  sample: Sample,
  options: Options,
): Promise<Pick<Contender, 'summary' | 'quiet'>> {
  const found: Pick<Contender, 'summary' | 'quiet'> = {};
  if (options.loadPeers.includes(peer.name)) {
    const edits = peer.raced ? options.edits : Math.ceil(options.edits / 2);
    say(`${sample.name}, ${peer.name}: ${edits} edits under load`);
    found.summary = summarize(await recordEdits(peer, sample, { ...options, edits }));
  }
  if (options.quietPeers.includes(peer.name)) {
    say(`${sample.name}, ${peer.name}: ${options.quietEdits} edits without`);
    found.quiet = await measureQuiet(peer, sample, options.quietEdits);
  }
  return found;
}

async function measureThroughput(
  sample: Sample,
  chosen: Peer[],
  { parts, throughput: plan }: Options,
): Promise<Pick<App, 'throughput' | 'throughputOfPeers'>> {
  const flows: Pick<App, 'throughput' | 'throughputOfPeers'> = { throughput: [], throughputOfPeers: [] };
  if (!parts.includes('throughput')) return flows;
  const theirs = chosen.filter((peer) => peer !== hotSwap);
  const { peerRounds, ...exactly } = { ...plan, connections: 32 };
  if (chosen.includes(hotSwap)) {
    say(`${sample.name}: throughput`);
    flows.throughput = await throughput(sample, [hotSwap], exactly);
  }
  if (theirs.length > 0 && peerRounds > 0) {
    say(`${sample.name}: throughput of the others`);
    const coarsely = { ...exactly, rounds: peerRounds, exact: false };
    flows.throughputOfPeers = await throughput(sample, theirs, coarsely);
  }
  return flows;
}
