import fs from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { inRepository } from '../../bench/servers/samples.mts';
import { exceptions } from '../exceptions.mts';
import { matrixMarkdown } from './matrix.mts';
import type { Results } from './results.mts';
import { broken } from './verdict.mts';

const begin = '<!-- what `npm run compat` writes -->';
const end = '<!-- end of the matrix -->';

export async function writeReadme(results: Results): Promise<void> {
  await writeBetween(begin, end, section(results));
}

/** Everything between the two marks. */
export async function writeBetween(first: string, last: string, content: string): Promise<void> {
  const file = inRepository('README.md');
  const readme = fs.readFileSync(file, 'utf8');
  const from = readme.indexOf(first);
  const to = readme.indexOf(last);
  if (from < 0 || to < from) throw new Error(`the README has no "${first}" … "${last}"`);
  const text = `${readme.slice(0, from + first.length)}\n\n${content}\n\n${readme.slice(to)}`;
  fs.writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function section({ rows, startedAt, node, cpus }: Results): string {
  const kept = rows.filter((row) => broken(row).length === 0).length;
  const how =
    `\`npm run compat\` on ${startedAt.slice(0, 10)}, Node ${node}, ${cpus} cores: ${kept} of ${rows.length} rows keep ` +
    `the promise. 50 requests a second, half of them kept alive; four saved files, one broken and mended; save → new ` +
    `is the median (the longest).`;
  const faults = rows.flatMap((row) => {
    const found = broken(row);
    if (found.length === 0) return [];
    const reason = exceptions[row.name];
    return [`- ${row.name}: ${found.join('; ')}${reason === undefined ? '' : `. ${reason}`}`];
  });
  return [how, matrixMarkdown(rows), faults.join('\n')].filter((part) => part !== '').join('\n\n');
}
