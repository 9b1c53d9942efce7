// Edits ordinary apps under load, with hot-swap and with what people use instead. README.md says how.
import fs from 'node:fs';
import { evidenceLines } from './figures/evidence.mts';
import { writeReadme } from './figures/readme.mts';
import type { Results } from './figures/results.mts';
import { report } from './figures/table.mts';
import { useOwnRuntimeFolder } from '../tools/runtime-folder.mts';
import { measureEverything } from './measure/everything.mts';
import { readOptions } from './options.mts';
import { cleanUp } from './servers/workspace.mts';

process.once('exit', cleanUp);
useOwnRuntimeFolder();
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const options = readOptions(process.argv.slice(2));
if (options.readme === undefined) {
  const results = await measureEverything(options);
  console.log(`\n${report(results)}`);
  for (const { sample, peers } of results.apps) {
    for (const { summary } of peers) {
      if (!summary?.told) continue;
      for (const line of evidenceLines(summary)) console.log(`${sample}: ${line}`);
    }
  }
  console.log(`\n${results.minutes.toFixed(1)} minutes`);
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  process.exitCode = results.checks.every(({ ok }) => ok) ? 0 : 1;
} else {
  const runs = options.readme.map((file) => JSON.parse(fs.readFileSync(file, 'utf8')) as Results);
  await writeReadme(runs);
}
