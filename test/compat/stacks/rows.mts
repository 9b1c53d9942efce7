/** The rows of other stacks: run, kept in `stacks.json` beside `results.json`, written into the README. */
import fs from 'node:fs';
import os from 'node:os';
import { inRepository } from '../../bench/servers/samples.mts';
import { writeBetween } from '../figures/readme.mts';
import { stackMatrixMarkdown, stackMatrixText } from './matrix.mts';
import { stacks } from './recipes/all.mts';
import { stackFaults, type StackResult } from './result.mts';
import { runStack } from './run.mts';

export { stacks };

const begin = '<!-- what `npm run compat` writes of other stacks -->';
const end = '<!-- end of the matrix of other stacks -->';
const file = inRepository('test/compat/stacks.json');

interface Asked {
  readonly only: readonly string[];
  readonly ci: boolean;
  readonly dry: boolean;
}

/** False if one breaks the promise. */
export async function runStacks({ only, ci, dry }: Asked): Promise<boolean> {
  const chosen = stacks.filter((stack) =>
    only.length > 0 ? only.includes(stack.name) : !ci || stack.ci === true,
  );
  const rows: StackResult[] = [];
  for (const stack of chosen) {
    const row = await runStack(stack);
    const faults = stackFaults(row);
    console.error(
      `${row.name}: ${row.missing ?? (faults.length === 0 ? 'keeps the promise' : faults.join('; '))}`,
    );
    for (const line of row.measured?.evidence ?? []) console.error(`  ${line}`);
    rows.push(row);
    if (!dry) await keepStacks([row]);
  }
  if (rows.length > 0) console.log(stackMatrixText(rows));
  return rows.every((row) => stackFaults(row).length === 0);
}

/** In the place of those of their names. */
export async function keepStacks(rows: readonly StackResult[]): Promise<void> {
  const known = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as StackResult[]) : [];
  const all = stacks.flatMap(
    ({ name }) => rows.find((row) => row.name === name) ?? known.find((row) => row.name === name) ?? [],
  );
  fs.writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
  const how =
    `\`npm run compat\` on ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores: ten saves and one broken ` +
    `edit under 100 requests a second, half of them kept alive, an answer of two seconds each second and an event stream ` +
    `throughout; save → new is the median (the longest), from the save to the first answer of it.`;
  await writeBetween(begin, end, `${how}\n\n${stackMatrixMarkdown(all)}`);
}
