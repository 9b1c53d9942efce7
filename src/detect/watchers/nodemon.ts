/**
 * What nodemon would run.
 * Its rules: https://github.com/remy/nodemon/blob/main/lib/cli/parse.js and lib/config/exec.js.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import type { ReadFile } from '../reading/files.ts';
import { parseJson, readPackageJson } from '../reading/package-json.ts';
import { formatWords, parseLine, type CommandLine } from '../reading/shell.ts';
import { watched, type Watched } from './watched.ts';

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

const texts = v.record(v.string(), v.string());
const configSchema = v.object({
  exec: v.optional(v.string()),
  script: v.optional(v.string()),
  execMap: v.optional(texts, {}),
  env: v.optional(v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.transform(String))])), {}),
});

/** By extension, as in nodemon's lib/config/defaults.js. */
const defaultPrograms: Readonly<Record<string, string>> = { py: 'python', rb: 'ruby', ts: 'ts-node' };

/** `words` begin with nodemon. Undefined if it would do something that can't be said as one command line. */
export async function unwatchNodemon(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const { options, args } = parseArguments(words.slice(1));
  if (options.has('--cwd')) return undefined;
  const config = await readConfig(options.get('--config'), cwd, readFile);
  const main = await readPackageJson(cwd, readFile);

  const exec = options.get('--exec') ?? options.get('-x') ?? config.exec;
  const script = args.length > 0 ? undefined : config.script;
  if (exec !== undefined) {
    const line = appendTo(exec, script === undefined ? args : [script]);
    return line === undefined ? undefined : { watcher: 'nodemon', line, env: config.env };
  }
  // Only flags: they go to whatever the package would start.
  if (args.every((arg) => arg.startsWith('-')) && script === undefined) {
    const start = main?.scripts['start'];
    if (main?.main === undefined && start !== undefined) {
      const line = start.includes('nodemon') ? undefined : appendTo(start, args);
      return line === undefined ? undefined : { watcher: 'nodemon', line, env: config.env };
    }
    args.push(main?.main ?? 'index.js');
  }
  const all = script === undefined ? args : [script];
  return watched('nodemon', [...programFor(all, config.execMap), ...all], config.env);
}

/** nodemon takes its own options wherever they stand before `--`, and passes on the rest in its order. */
function parseArguments(words: readonly string[]): { options: Map<string, string>; args: string[] } {
  const options = new Map<string, string>();
  const args: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      args.push(...words.slice(index + 1));
      break;
    }
    if (valued.has(word)) options.set(word, words[++index] ?? '');
    else if (!bare.has(word)) args.push(word);
  }
  return { options, args };
}

/** nodemon.json, else `nodemonConfig` of package.json. */
async function readConfig(
  file: string | undefined,
  cwd: string,
  readFile: ReadFile,
): Promise<v.InferOutput<typeof configSchema>> {
  const own = parseJson(await readFile(join(cwd, file ?? 'nodemon.json')));
  const config = own ?? (await readPackageJson(cwd, readFile))?.nodemonConfig ?? {};
  const parsed = v.safeParse(configSchema, config);
  return parsed.success ? parsed.output : { execMap: {}, env: {} };
}

function programFor(args: readonly string[], execMap: Readonly<Record<string, string>>): readonly string[] {
  const script = args.find((arg) => /^[^-].*\.\w+$/.test(arg));
  const extension = script?.replace(/^.*\./, '') ?? 'js';
  const program = execMap[extension] ?? defaultPrograms[extension] ?? 'node';
  return parseLine(program)?.words ?? [program];
}

/** nodemon gives `exec` and the arguments to a shell as one line. */
function appendTo(exec: string, args: readonly string[]): CommandLine | undefined {
  if (exec.includes('{{')) return undefined;
  return parseLine(args.length === 0 ? exec : `${exec} ${formatWords(args)}`);
}
