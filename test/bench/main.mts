// Edits an ordinary Express app under load, with hot-swap and with what people use instead. README.md says how.
import fs from 'node:fs';
import { evidenceLines } from './figures/evidence.mts';
import type { Results } from './figures/results.mts';
import { spread } from './figures/stats.mts';
import { type Summary, summarize } from './figures/summary.mts';
import { report } from './figures/table.mts';
import { verdict } from './figures/verdict.mts';
import { buildStamp, versions } from './figures/versions.mts';
import { coldBoots } from './measure/coldBoot.mts';
import { recordEdits } from './measure/edits.mts';
import { selfCheck } from './measure/selfCheck.mts';
import { throughput } from './measure/throughput.mts';
import { readOptions } from './options.mts';
import { peers } from './servers/peers.mts';
import { bareHttp, cleanUp, expressApp, Workspace } from './servers/workspace.mts';

process.once('exit', cleanUp);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const options = readOptions(process.argv.slice(2));
const wanted = (name: string): boolean => options.only.length === 0 || options.only.includes(name);
const results = await measure();
console.log(`\n${report(results)}`);
for (const summary of results.peers.filter(({ told }) => told)) {
  for (const line of evidenceLines(summary)) console.log(line);
}
if (options.json) fs.writeFileSync(options.json, JSON.stringify(results, undefined, 2));
process.exitCode = results.checks.every(({ ok }) => ok) ? 0 : 1;

async function measure(): Promise<Results> {
  const started = { startedAt: new Date().toISOString(), versions: versions() };
  const build = buildStamp();
  const workspace = new Workspace(expressApp);
  const cold: number[] = [];
  // Some before every peer, so that a machine whose mood changes changes both sides of the ratio.
  const bootSome = async (): Promise<unknown> =>
    cold.push(...(await coldBoots(workspace, options.coldBoots)));

  say('self-check');
  await coldBoots(workspace, 1); // fills the disk cache
  const checked = await selfCheck(options.rate);

  const summaries: Summary[] = [];
  for (const peer of peers.filter(({ name }) => wanted(name))) {
    say('cold boots');
    await bootSome();
    say(`${peer.name}: ${options.edits} edits`);
    summaries.push(summarize(await recordEdits(peer, options.edits, options.rate)));
  }
  await bootSome();
  workspace.remove();

  const flows: Results['throughput'] = [];
  for (const sample of wanted('throughput') ? [bareHttp, expressApp] : []) {
    say(`throughput of ${sample.name}`);
    const rounds = await throughput(sample, peers[0]!, { ...options.throughput, connections: 32 });
    flows.push({ sample: sample.name, rounds });
  }

  const found = {
    ...started,
    rate: options.rate,
    edits: options.edits,
    sameBuild: build === buildStamp(),
    coldBootMs: spread(cold),
    selfCheck: checked,
    peers: summaries,
    throughput: flows,
  };
  return { ...found, checks: verdict(found) };
}

/** Progress, apart from the report. */
function say(what: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${what}`);
}
