import type { App, Contender, Results } from '../figures/results.mts';
import { spread } from '../figures/stats.mts';
import { summarize } from '../figures/summary.mts';
import { verdict } from '../figures/verdict.mts';
import { buildStamp, versions } from '../figures/versions.mts';
import type { Options } from '../options.mts';
import { bare, hasStandby, hotSwap, type Peer, peers } from '../servers/peers.mts';
import { whyMissing } from '../servers/running.mts';
import { type Sample, samples } from '../servers/samples.mts';
import { Workspace } from '../servers/workspace.mts';
import { coldBoots } from './coldBoot.mts';
import { recordEdits } from './edits.mts';
import { type Leftovers, measureLeftovers } from './leftovers.mts';
import { measureQuiet } from './quiet.mts';
import { selfCheck } from './selfCheck.mts';
import { throughput } from './throughput.mts';

/** Everything that was asked for, one thing after the other. */
export async function measureEverything(options: Options): Promise<Results> {
  const start = performance.now();
  const chosen = peers.filter(({ name }) => options.peers.includes(name));
  const about = {
    startedAt: new Date().toISOString(),
    versions: await versions(chosen.flatMap(({ needs }) => needs ?? [])),
    rate: options.rate,
    edits: options.edits,
    leftOut: options.leftOut,
    standby: hasStandby(),
  };
  const build = buildStamp();

  say('self-check');
  const checked = await selfCheck(options.rate);

  const apps: App[] = [];
  for (const sample of samples.filter(({ name }) => options.apps.includes(name))) {
    apps.push(await measureApp(sample, chosen, options));
  }
  const leftovers = options.parts.includes('leftovers') ? await measureAllLeftovers(chosen, options) : [];

  const found = {
    ...about,
    minutes: (performance.now() - start) / 60_000,
    sameBuild: build === buildStamp(),
    selfCheck: checked,
    apps,
    leftovers,
  };
  return { ...found, checks: verdict(found) };
}

async function measureApp(sample: Sample, chosen: Peer[], options: Options): Promise<App> {
  const cold: number[] = [];
  const workspace = new Workspace(sample);
  // Some before every peer, so that a machine whose mood changes changes both sides of the ratio.
  const bootSome = async (times = options.coldBoots): Promise<number[]> => coldBoots(workspace, times);
  const contenders: Contender[] = [];
  const runnable: Peer[] = [];
  const edits = options.parts.includes('edits');
  await bootSome(1); // fills the disk cache
  try {
    for (const peer of chosen) {
      const { name, title } = peer;
      const missing = await whyMissing(peer);
      if (missing !== undefined) {
        say(`${sample.name}, ${name}: not here: ${missing}`);
        contenders.push({ peer: name, title, missing });
        continue;
      }
      runnable.push(peer);
      if (!edits) continue;
      cold.push(...(await bootSome()));
      say(`${sample.name}, ${name}: ${options.edits} edits`);
      const summary = summarize(await recordEdits(peer, sample, options.edits, options.rate));
      const quiet = await measureQuiet(peer, sample, options.quietEdits);
      contenders.push({ peer: name, title, summary, quiet });
    }
    if (edits) cold.push(...(await bootSome()));
  } finally {
    workspace.remove();
  }
  const flows = await measureThroughput(sample, runnable, options);
  return { sample: sample.name, title: sample.title, coldBootMs: spread(cold), peers: contenders, ...flows };
}

async function measureThroughput(
  sample: Sample,
  chosen: Peer[],
  { parts, throughput: plan }: Options,
): Promise<Pick<App, 'throughput' | 'throughputOfPeers'>> {
  const flows: Pick<App, 'throughput' | 'throughputOfPeers'> = { throughput: [], throughputOfPeers: [] };
  if (!parts.includes('throughput')) return flows;
  const theirs = chosen.filter((peer) => peer !== hotSwap);
  const common = { roundMs: plan.roundMs, connections: 32 };
  if (chosen.includes(hotSwap)) {
    say(`${sample.name}: throughput`);
    const exactly = { ...common, rounds: plan.rounds, exact: true };
    flows.throughput = await throughput(sample, [hotSwap], exactly);
  }
  if (theirs.length > 0) {
    say(`${sample.name}: throughput of the others`);
    const coarsely = { ...common, rounds: plan.peerRounds, exact: false };
    flows.throughputOfPeers = await throughput(sample, theirs, coarsely);
  }
  return flows;
}

async function measureAllLeftovers(chosen: Peer[], { leftoverSaves }: Options): Promise<Leftovers[]> {
  say('left behind by nobody');
  const found = [await measureLeftovers({ ...bare, name: 'untouched' }, 0)];
  for (const peer of chosen) {
    if ((await whyMissing(peer)) !== undefined) continue;
    say(`left behind by ${peer.name}: ${leftoverSaves} saves`);
    found.push(await measureLeftovers(peer, leftoverSaves));
  }
  return found;
}

/** Progress, apart from the report. */
function say(what: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${what}`);
}
