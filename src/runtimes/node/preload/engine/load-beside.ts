/** Loads another file of the preload, of which most processes have no use. */
import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import { dirname, join } from './paths.ts';

const loaded = new Map<string, object>();

/** Past `require`: neither the module cache nor whoever watches what is required shall see it. */
export function loadBeside(name: string): object {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const file = join(dirname(__filename), name);
  const module = { exports: {} };
  const parameters = ['require', 'module', 'exports', '__filename'];
  const run = compileFunction(readFileSync(file, 'utf8'), parameters, { filename: file }) as (
    ...values: unknown[]
  ) => void;
  run(require, module, module.exports, file);
  loaded.set(name, module.exports);
  return module.exports;
}
