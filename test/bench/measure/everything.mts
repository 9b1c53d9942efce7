import type { App, Results } from '../figures/results.mts';
import { verdict } from '../figures/verdict.mts';
import { buildStamp, versions } from '../figures/versions.mts';
import type { Options } from '../options.mts';
import { bare, hasStandby, type Peer, peers } from '../servers/peers.mts';
import { whyMissing } from '../servers/running.mts';
import { samples } from '../servers/samples.mts';
import { measureApp } from './app.mts';
import { measureBystanders } from './bystanders.mts';
import { measureFront } from './front.mts';
import { type Leftovers, measureLeftovers } from './leftovers.mts';
import { measureLimits } from './limits.mts';
import { say } from './say.mts';
import { selfCheck } from './selfCheck.mts';

/** As many as those of the load that are kept. */
const frontConnections = 32;

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
  const withApps = options.parts.some((part) => part === 'edits' || part === 'throughput');
  for (const sample of withApps ? samples.filter(({ name }) => options.apps.includes(name)) : []) {
    apps.push(await measureApp(sample, chosen, options));
  }
  const leftovers = options.parts.includes('leftovers') ? await measureAllLeftovers(chosen, options) : [];

  const limits = options.parts.includes('limits') ? await measureLimits() : undefined;
  const bystanders = options.parts.includes('bystanders') ? await measureBystanders() : undefined;

  const front = options.parts.includes('front') ? await measureFront(frontConnections) : undefined;

  const found = {
    ...about,
    minutes: (performance.now() - start) / 60_000,
    sameBuild: build === buildStamp(),
    selfCheck: checked,
    apps,
    leftovers,
    ...(bystanders && { bystanders }),
    ...(front && { front }),
    ...(limits && { limits }),
  };
  return { ...found, checks: verdict(found) };
}

/** No figure in it is a time, so several run at once. */
async function measureAllLeftovers(
  chosen: Peer[],
  { leftoverSaves, leftoverPeers }: Options,
): Promise<Leftovers[]> {
  const found: Leftovers[] = [];
  const waiting = chosen.filter(({ name }) => leftoverPeers.includes(name));
  say(`left behind: ${leftoverSaves} saves`);
  const work = async (): Promise<void> => {
    for (let peer = waiting.shift(); peer; peer = waiting.shift()) {
      if ((await whyMissing(peer)) === undefined) found.push(await measureLeftovers(peer, leftoverSaves));
    }
  };
  const untouched = measureLeftovers({ ...bare, name: 'untouched' }, 0);
  await Promise.all([work(), work(), work()]);
  const place = (name: string): number => chosen.findIndex((peer) => peer.name === name);
  return [await untouched, ...found.sort((a, b) => place(a.peer) - place(b.peer))];
}
