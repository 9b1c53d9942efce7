/** Programs that run a server again and again, and what they would run. A new one is a line or two here. */
import type { ReadFile } from '../reading/files.ts';
import { readPackageJson } from '../reading/package-json.ts';
import { programName } from '../reading/shell.ts';
import { unwatchAir } from './air.ts';
import { unwatchByFlags } from './by-flags.ts';
import { unwatchNodemon } from './nodemon.ts';
import { unwatchPm2 } from './pm2.ts';
import { unwatchForever, unwatchRest, unwatchSupervisor } from './restarters.ts';
import { unwatchTsNodeDev } from './ts-node-dev.ts';
import { watched, type Watched } from './watched.ts';

/** Programs that do nothing else. The others (`node --watch`, `tsx watch`) run servers without watching, too. */
const watchersOnly: ReadonlySet<string> = new Set([
  'nodemon',
  'node-dev',
  'ts-node-dev',
  'tsnd',
  'supervisor',
  'pm2-dev',
  'air',
]);

/** Whoever runs one means to run a server. */
export function isWatcher(program: string): boolean {
  return watchersOnly.has(program);
}

/** Undefined if these words run no watcher, or one that does what can't be said as one command line. */
export async function unwatch(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const program = programName(words[0]);
  switch (program) {
    case 'nodemon':
      return unwatchNodemon(words, cwd, readFile);
    case 'ts-node-dev':
    case 'tsnd':
      return unwatchTsNodeDev(words);
    case 'supervisor':
      return unwatchSupervisor(words);
    case 'forever':
      return unwatchForever(words);
    case 'onchange':
      // Without `-i` it runs nothing before a change, without `-k` one beside the other.
      return unwatchRest(program, words, /^(-\w*k|--kill$)/);
    case 'watchexec':
      return unwatchRest(program, words, /^(-\w*r|--restart$)/);
    case 'reflex':
      return unwatchRest(program, words, /^(-\w*s|--start-service(=true)?)$/);
    case 'air':
      return unwatchAir(words, cwd, readFile);
    case 'npm-watch':
      // Runs that script when what `watch` of package.json names changes.
      return await unwatchNpmWatch(words, cwd, readFile);
    case 'pm2':
    case 'pm2-dev':
    case 'pm2-runtime':
      return unwatchPm2(program, words);
    default:
      return unwatchByFlags(program, words);
  }
}

/** Without a name it runs all scripts that are there. */
async function unwatchNpmWatch(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const { watch } = (await readPackageJson(cwd, readFile)) ?? {};
  const all = words[1] === undefined ? Object.keys(watch ?? {}) : [words[1]];
  const [only] = all;
  return only === undefined || all.length > 1 ? undefined : watched('npm-watch', ['npm', 'run', only]);
}
