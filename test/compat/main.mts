// Runs servers that nobody here wrote, by their own commands, while somebody works on them. README.md says how.
import fs from 'node:fs';
import { useOwnRuntimeFolder } from '../tools/runtime-folder.mts';
import { exceptions } from './exceptions.mts';
import { matrixText } from './figures/matrix.mts';
import { writeReadme } from './figures/readme.mts';
import { newResults, readResults, type Results, withRow, writeResults } from './figures/results.mts';
import { broken } from './figures/verdict.mts';
import { cleanUp } from './measure/site.mts';
import { type Options, readOptions } from './options.mts';
import { recipes } from './recipes/all.mts';
import { runRow } from './measure/run-row.mts';
import { keepStacks, runStacks, stacks } from './stacks/rows.mts';

/** What `npm run` tells its script is not for the servers that are started here. */
for (const name of Object.keys(process.env)) {
  if (/^npm_(?!config_(registry|cache|userconfig)$)/.test(name) || name === 'NODE_OPTIONS') {
    Reflect.deleteProperty(process.env, name);
  }
}
process.once('exit', cleanUp);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const names = recipes.map(({ name }) => name);
const stackNames = stacks.map(({ name }) => name);
const options = readOptions(process.argv.slice(2), [...names, ...stackNames]);
if (options.list) {
  for (const { name, command, ci } of [...recipes, ...stacks])
    console.log(`${name.padEnd(28)} ${command}${ci ? '   (CI)' : ''}`);
} else if (options.readme) {
  await writeReadme(readResults(options.json));
  await keepStacks([]);
} else process.exitCode = await measure(options);

async function measure({ only, ci, json, dry }: Options): Promise<number> {
  useOwnRuntimeFolder();
  const chosen = recipes.filter((recipe) =>
    only.length > 0 ? only.includes(recipe.name) : !ci || recipe.ci === true,
  );
  let all: Results = fs.existsSync(json) ? readResults(json) : newResults();
  let seen = newResults();
  for (const recipe of chosen) {
    const row = await runRow(recipe);
    const faults = broken(row);
    console.error(`${row.name}: ${faults.length === 0 ? 'keeps the promise' : faults.join('; ')}`);
    seen = withRow(seen, row, names);
    all = withRow(all, row, names);
    if (!dry) writeResults(json, all);
  }
  if (!dry && chosen.length > 0) await writeReadme(all);
  if (chosen.length > 0) console.log(matrixText(seen.rows));
  const others = await runStacks({ only, ci, dry });
  const skipped = recipes.filter((recipe) => !chosen.includes(recipe));
  if (skipped.length > 0) {
    const why = only.length > 0 ? 'not asked for' : "more than CI's time to install";
    console.log(`\nLeft out, ${why}: ${skipped.map(({ name }) => name).join(', ')}`);
  }
  return others && seen.rows.every((row) => broken(row).length === 0 || row.name in exceptions) ? 0 : 1;
}
