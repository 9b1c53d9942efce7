/** `npm run dev` and its kin: which script they run, and in what environment. */
import { dirname, delimiter, join } from 'node:path';
import type { PackageJson } from './package-json.ts';
import { formatWords, programName } from './shell.ts';

export interface ScriptCall {
  readonly script: string;
  /** Appended to the script's line. */
  readonly args: readonly string[];
  /** npm alone also runs `preNAME`. */
  readonly runsPre: boolean;
}

const quietFlags = ['-s', '--silent', '--quiet', '-q'];

/** Undefined if the words run no script of this package.json. */
export function parseScriptCall(words: readonly string[], main: PackageJson): ScriptCall | undefined {
  const manager = programName(words[0]);
  const rest = words.slice(1).filter((word, index) => index > 1 || !quietFlags.includes(word));
  const [verb = '', name = '', ...more] = rest;
  const call = (script: string, args: readonly string[]): ScriptCall | undefined =>
    main.scripts[script] === undefined
      ? undefined
      : { script, args: afterDashes(manager, args), runsPre: manager === 'npm' };

  switch (manager) {
    case 'npm':
      if (verb === 'run' || verb === 'run-script') return call(name, more);
      return verb === 'start' || verb === 'test' ? call(verb, rest.slice(1)) : undefined;
    case 'yarn':
    case 'pnpm':
    case 'bun':
      return verb === 'run' ? call(name, more) : call(verb, rest.slice(1));
    case 'node':
      return verb === '--run' ? call(name, more) : undefined;
    default:
      return undefined;
  }
}

/** npm and node need `--` in front of the script's arguments; the others take all and pass `--` on or drop it. */
function afterDashes(manager: string, args: readonly string[]): readonly string[] {
  const dashes = args.indexOf('--');
  if (manager === 'npm' || manager === 'node') return dashes < 0 ? [] : args.slice(dashes + 1);
  return args.filter((_, index) => index !== dashes);
}

/** What npm adds to the environment of a script: https://docs.npmjs.com/cli/using-npm/scripts#environment */
export function scriptEnvironment(
  cwd: string,
  main: PackageJson,
  call: ScriptCall,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const text = main.scripts[call.script] ?? '';
  return {
    ...pathWithBins(cwd, env),
    npm_lifecycle_event: call.script,
    npm_lifecycle_script: call.args.length === 0 ? text : `${text} ${formatWords(call.args)}`,
    npm_package_json: join(cwd, 'package.json'),
    ...(main.name === undefined ? {} : { npm_package_name: main.name }),
    ...(main.version === undefined ? {} : { npm_package_version: main.version }),
    npm_command: 'run-script',
    INIT_CWD: cwd,
  };
}

/** PATH with the node_modules/.bin of the folder and of all above it, the nearest first. */
export function pathWithBins(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  // Windows spells it Path.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const path = env[key];
  return {
    [key]: [...binFolders(cwd), ...(path === undefined || path === '' ? [] : [path])].join(delimiter),
  };
}

export function binFolders(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'));
    if (folder === dirname(folder)) return folders;
  }
}
