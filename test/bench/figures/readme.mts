// The README's tables, from the JSON files of one run or several.
import fs from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { inRepository } from '../servers/samples.mts';
import { readmeTables } from './readmeTables.mts';
import type { Results } from './results.mts';

const begin = '<!-- what `npm run bench -- --readme FILE` writes -->';
const end = '<!-- end of it -->';

/** Everything between the two marks. */
export async function writeReadme(runs: Results[]): Promise<void> {
  const file = inRepository('README.md');
  const text = replaceBetween(fs.readFileSync(file, 'utf8'), readmeTables(runs));
  fs.writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

export function replaceBetween(readme: string, tables: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the README has no "${begin}" … "${end}"`);
  return `${readme.slice(0, from + begin.length)}\n\n${tables}\n\n${readme.slice(to)}`;
}
