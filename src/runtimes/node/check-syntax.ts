/** Where a file of JavaScript does not parse, for apps that catch it and tell only that it was so. */
import { execFile } from 'node:child_process';
import type { ErrorLocation } from '../runtime.ts';
import { locateError } from './error-location.ts';

const patienceMs = 10_000;

/** Undefined if it parses, or nobody can tell. Nothing of it is run. */
export function checkSyntax(file: string, root: string): Promise<ErrorLocation | undefined> {
  if (!/\.[cm]?js$/.test(file)) return Promise.resolve(undefined);
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { env, timeout: patienceMs }, (error, _output, said) => {
      const found = error === null ? undefined : locateError(said, root);
      resolve(found?.file === undefined ? undefined : found);
    });
  });
}
