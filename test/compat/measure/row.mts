/** One row: the server bare, then under Hot Swap while somebody works on it. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from '../../bench/servers/processes.mts';
import type { Measured } from '../figures/result.mts';
import { countAnswers } from '../figures/answers.mts';
import { countSwaps, readBroken, readStandby } from '../figures/told.mts';
import { clientsFor } from '../load/clients.mts';
import { type Asked, Load } from '../load/load.mts';
import { StreamWatch } from '../load/streams.mts';
import type { Recipe } from '../recipe.mts';
import { type Bare, runBare } from './bare.mts';
import { Edits } from './edits.mts';
import { Hot } from './hot.mts';
import type { Site } from './site.mts';
import { breakAndMend, type Saved, saveAll } from './work.mts';

/** A row fails by itself only where it does not serve at all; until then a busy machine has time. */
const bootPatienceMs = 180_000;
const quietMs = 2_000;

export async function measureRow(recipe: Recipe, site: Site): Promise<Measured> {
  const asked: Asked = { get: recipe.get ?? ['/'], headers: recipe.headers ?? {}, ...postOf(recipe) };
  const bare = await runBare(recipe, site, asked);
  const hot = new Hot(site);
  try {
    const serving = await hot.serving(bootPatienceMs);
    if (serving === undefined) {
      const told = hot.events.map((event) => JSON.stringify(event)).join('\n');
      throw new Error(`never served:\n${told.slice(-3000)}\n${hot.printed(2000)}`);
    }
    return await measure(recipe, site, hot, bare, asked);
  } finally {
    hot.kill();
    await site.clear();
  }
}

async function measure(recipe: Recipe, site: Site, hot: Hot, bare: Bare, asked: Asked): Promise<Measured> {
  const address = { host: bare.host, port: site.port };
  const builders = buildersOf(recipe, site);
  const edits = new Edits(recipe, site);
  const load = new Load(clientsFor(recipe.speaks ?? 'http', address), asked);
  const streams = (recipe.streams ?? []).map((stream) => new StreamWatch(stream, address));
  const work = { recipe, site, hot, load, edits };
  const saved: Saved[] = [];
  const start = Date.now();
  try {
    await hot.untilWarm(0, 40_000);
    await sleep(quietMs);
    saved.push(...(await saveAll(work)));
    const { broken, mended } = await breakAndMend(work, saved);
    saved.push(mended);
    await sleep(quietMs);
    const told = { events: hot.events, start, saved, broken };
    const newBuilders = buildersOf(recipe, site).filter((builder) => !builders.includes(builder));
    const streamResults = streams.map((stream) => stream.stop());
    const answers = await load.stop();
    const ended = await hot.stop();
    const left = await site.leftRunning(3_000);
    return {
      modules: bare.modules,
      coldBootMs: bare.bootMs,
      ...countAnswers(answers, bare.statuses),
      ...countSwaps(told),
      broken: readBroken(told, site.folder),
      standby: readStandby(hot.events),
      ...(streamResults.length > 0 && { streams: StreamWatch.sum(streamResults) }),
      ...(recipe.builds && { buildersStarted: newBuilders.length }),
      leftRunning: [...(ended ? [] : ['hot-swap itself, after SIGINT']), ...left],
      notices: hot.events.flatMap((event) => (event.event === 'notice' ? [event.message] : [])),
    };
  } finally {
    for (const stream of streams) stream.stop();
    await load.stop();
  }
}

function postOf({ post }: Recipe): Pick<Asked, 'post'> {
  return post === undefined ? {} : { post };
}

/** The builders that run, each as its pid and a trace of its command. */
function buildersOf(recipe: Recipe, site: Site): string[] {
  const by = recipe.builds?.by;
  if (by === undefined) return [];
  return processesOf(site.root)
    .filter(({ command }) => by.test(command))
    .map(({ pid, command }) => `${pid} ${createHash('sha1').update(command).digest('hex').slice(0, 6)}`);
}
