/** The JSON file: rows of one run or of several, one after the other. */
import fs from 'node:fs';
import os from 'node:os';
import type { RowResult } from './result.mts';

export interface Results {
  readonly startedAt: string;
  readonly node: string;
  readonly cpus: number;
  readonly rows: readonly RowResult[];
}

export function newResults(): Results {
  return {
    startedAt: new Date().toISOString(),
    node: process.versions.node,
    cpus: os.cpus().length,
    rows: [],
  };
}

/** Rows of the same name are replaced, in the order of `names`; what is none of these is gone. */
export function withRow(results: Results, row: RowResult, names: readonly string[]): Results {
  const others = results.rows.filter(({ name }) => name !== row.name && names.includes(name));
  const rows = [...others, row];
  return { ...results, rows: rows.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name)) };
}

export function readResults(file: string): Results {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Results;
}

export function writeResults(file: string, results: Results): void {
  fs.writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
