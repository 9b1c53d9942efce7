/**
 * Loads the preload's second file. HTTP/2, TLS and what else a server needs would double the start of every Node
 * process that is none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';

type Serving = typeof import('./serving.ts');

let loaded: Serving | undefined;

/** Past `require`: neither the module cache nor whoever watches what is required shall see it. */
export function loadServing(): Serving {
  if (loaded !== undefined) return loaded;
  const file = join(__dirname, 'serving.js');
  const module = { exports: {} };
  const parameters = ['require', 'module', 'exports', '__filename'];
  const run = compileFunction(readFileSync(file, 'utf8'), parameters, { filename: file }) as (
    ...values: unknown[]
  ) => void;
  run(require, module, module.exports, file);
  loaded = module.exports as Serving;
  return loaded;
}
