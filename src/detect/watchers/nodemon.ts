/**
 * What nodemon would run.
 * Its rules: https://github.com/remy/nodemon/blob/main/lib/cli/parse.js and lib/config/exec.js.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import type { WatcherGlobs } from '../../shared/spec.ts';
import type { ReadFile } from '../reading/files.ts';
import { parseJson, readPackageJson } from '../reading/package-json.ts';
import { formatWords, parseLine, type CommandLine } from '../reading/shell.ts';
import { below, globsOf } from './globs.ts';
import type { Watched } from './watched.ts';

const bare = new Set(
  [
    '--no-update-notifier --spawn --dump --verbose -V --legacy-watch -L --js --quiet -q --exitcrash --no-stdin -I',
    '--on-change-only -C --no-colours --no-colors',
  ].flatMap((names) => names.split(' ')),
);
const valued = new Set(
  '--polling-interval -P --config --watch -w --ignore -i --delay -d --exec -x --ext -e --signal -s --cwd'.split(
    ' ',
  ),
);

const list = v.fallback(
  v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((some) => (typeof some === 'string' ? [some] : some)),
  ),
  [],
);

// Every part falls back by itself: nodemon takes what it knows, too.
const configSchema = v.object({
  exec: v.fallback(v.optional(v.union([v.string(), v.array(v.string())])), undefined),
  script: v.fallback(v.optional(v.string()), undefined),
  execMap: v.fallback(v.record(v.string(), v.string()), {}),
  // As Node makes variables of values: `true`, `5`, `null`.
  watch: list,
  ignore: list,
  ext: list,
  env: v.fallback(v.record(v.string(), v.pipe(v.unknown(), v.transform(String))), {}),
});
type Config = v.InferOutput<typeof configSchema>;

interface Options {
  readonly last: Map<string, string>;
  readonly all: Map<string, readonly string[]>;
}

/** By extension, as in nodemon's lib/config/defaults.js. */
const defaultPrograms: Readonly<Record<string, string>> = { py: 'python', rb: 'ruby', ts: 'ts-node' };

/** `words` begin with nodemon. Undefined if it would do something that can't be said as one command line. */
export async function unwatchNodemon(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const { options, args } = parseArguments(words.slice(1));
  const folder = options.last.get('--cwd');
  if (folder === undefined) return await startOf(options, args, cwd, readFile);
  const start = await startOf(options, args, resolve(cwd, folder), readFile);
  return (
    start && {
      ...start,
      line: { ...start.line, before: [['cd', folder], ...start.line.before] },
      globs: start.globs && below(folder, start.globs),
    }
  );
}

async function startOf(
  options: Options,
  args: string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const config = await readConfig(options.last.get('--config'), cwd, readFile);
  const globs = globsSaid(options, config);
  const main = await readPackageJson(cwd, readFile);
  const onlyFlags = args.every((arg) => arg.startsWith('-'));
  const own = options.last.get('--exec') ?? options.last.get('-x');
  const exec = own ?? (typeof config.exec === 'object' ? formatWords(config.exec) : config.exec);
  if (exec !== undefined) {
    const line = appendTo(exec, args, cwd);
    return line === undefined ? undefined : { watcher: 'nodemon', line, env: config.env, globs };
  }
  // Only flags: they go to whatever the package would start.
  if (onlyFlags) {
    const start = main?.scripts['start'];
    const index = (await readFile(join(cwd, 'index.js'))) === undefined ? undefined : 'index.js';
    const script = main?.main ?? index;
    if (script === undefined && start !== undefined) {
      const line = start.split(' ').includes('nodemon') ? undefined : appendTo(start, args, cwd);
      return line === undefined ? undefined : { watcher: 'nodemon', line, env: config.env, globs };
    }
    // nodemon ignores the `script` of a configuration, and gives up without another.
    args.push(script ?? config.script ?? 'index.js');
  }
  const line = appendTo(programFor(args, config.execMap), args, cwd);
  return line === undefined ? undefined : { watcher: 'nodemon', line, env: config.env, globs };
}

/** Of an option that is given more than once all count; what is said on the command line takes the configuration's place. */
function globsSaid({ all }: Options, config: Config): WatcherGlobs | undefined {
  const of = (names: readonly string[], configured: readonly string[]): readonly string[] => {
    const said = names.flatMap((name) => all.get(name) ?? []);
    return said.length > 0 ? said : configured;
  };
  const watched = of(['--watch', '-w'], config.watch);
  const endings = of(['--ext', '-e'], config.ext).flatMap((text) => text.split(/[\s,]+/));
  return globsOf(
    watched.length === 0 ? ['.'] : watched,
    endings.filter(Boolean),
    of(['--ignore', '-i'], config.ignore),
  );
}

/** nodemon takes its own options wherever they stand before `--`, and passes on the rest in its order. */
function parseArguments(words: readonly string[]): { options: Options; args: string[] } {
  const options: Options = { last: new Map(), all: new Map() };
  const args: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      args.push(...words.slice(index + 1));
      break;
    }
    if (valued.has(word)) {
      const value = words[++index] ?? '';
      options.last.set(word, value);
      options.all.set(word, [...(options.all.get(word) ?? []), value]);
    } else if (!bare.has(word)) args.push(word);
  }
  return { options, args };
}

/**
 * `--config FILE`, else nodemon.json, else `nodemonConfig` of package.json; what is not said there, the nodemon.json in
 * the home folder says.
 */
async function readConfig(file: string | undefined, cwd: string, readFile: ReadFile): Promise<Config> {
  const own =
    file === undefined
      ? ((await readJson(join(cwd, 'nodemon.json'), readFile)) ??
        (await readPackageJson(cwd, readFile))?.nodemonConfig)
      : await readJson(resolve(cwd, file), readFile);
  const everywhere =
    file === undefined ? await readJson(join(homedir(), 'nodemon.json'), readFile) : undefined;
  const [first, second] = [parseConfig(own), parseConfig(everywhere)];
  return {
    exec: first.exec ?? second.exec,
    script: first.script ?? second.script,
    watch: [first, second].map(({ watch }) => watch).find((one) => one.length > 0) ?? [],
    ignore: [...first.ignore, ...second.ignore],
    ext: first.ext.length > 0 ? first.ext : second.ext,
    execMap: { ...second.execMap, ...first.execMap },
    env: { ...second.env, ...first.env },
  };
}

async function readJson(file: string, readFile: ReadFile): Promise<unknown> {
  return parseJson(await readFile(file));
}

function parseConfig(config: unknown): Config {
  const parsed = v.safeParse(configSchema, config);
  return parsed.success
    ? parsed.output
    : { exec: undefined, script: undefined, execMap: {}, watch: [], ignore: [], ext: [], env: {} };
}

function programFor(args: readonly string[], execMap: Readonly<Record<string, string>>): string {
  const script = args.find((arg) => /^[^-].*\.\w+$/.test(arg));
  const extension = script?.replace(/^.*\./, '') ?? 'js';
  return execMap[extension] ?? defaultPrograms[extension] ?? 'node';
}

/** nodemon gives `exec` (or what `execMap` says instead) and the arguments to a shell as one line, in which `{{…}}` stand for the script and the folder. */
function appendTo(exec: string, args: readonly string[], cwd: string): CommandLine | undefined {
  const script = args.find((arg) => !arg.startsWith('-'));
  const others = args.filter((arg) => arg !== script);
  const placed = exec.includes('{{filename}}') && script !== undefined;
  const line = exec
    .replaceAll('{{pwd}}', formatWords([cwd]))
    .replaceAll('{{filename}}', script === undefined ? '{{filename}}' : formatWords([script]));
  const rest = placed ? others : args;
  return parseLine(rest.length === 0 ? line : `${line} ${formatWords(rest)}`);
}
