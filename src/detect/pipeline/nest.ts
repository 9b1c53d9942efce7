/**
 * `nest start`: a compiler, and after each good build a new process of what it wrote.
 * Its rules: https://github.com/nestjs/nest-cli/blob/master/actions/start.action.ts.
 */
import { join, relative } from 'node:path';
import { parse } from 'jsonc-parser';
import * as v from 'valibot';
import type { ReadFile } from '../reading/files.ts';
import { formatWords } from '../reading/shell.ts';
import { outDirOf } from '../reading/tsconfig.ts';

const text = v.fallback(v.optional(v.string()), undefined);
const project = v.object({
  sourceRoot: text,
  entryFile: text,
  exec: text,
  compilerOptions: v.fallback(v.optional(v.object({ tsConfigPath: text })), undefined),
});
const schema = v.object({ ...project.entries, projects: v.fallback(v.record(v.string(), project), {}) });
type Project = v.InferOutput<typeof project>;

/** With a value, of `nest start` alone; the others are the build's. */
const values = ['-c', '--config', '-p', '--path', '-b', '--builder', '--webpackPath', '-e', '--exec'];
const startOnly = ['-d', '--debug', '-e', '--exec', '--env-file', '--shell', '--no-shell'];
const startValues = ['-d', '--debug', '-e', '--exec', '--env-file', '--sourceRoot', '--entryFile'];

export interface NestStart {
  readonly build: readonly string[];
  /** False: it builds once. */
  readonly watches: boolean;
  readonly server: readonly string[];
  /** As one would say it. */
  readonly shown: string;
}

/** `args`: what follows `nest start`. */
export async function nestStart(
  args: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<NestStart> {
  const { build, options, app, rest } = split(args);
  const config = await configOf(options.get('-c') ?? options.get('--config'), cwd, readFile);
  const own: Partial<Project> = config.projects[app ?? ''] ?? {};
  const of = (key: 'sourceRoot' | 'entryFile' | 'exec', flags: readonly string[], fallback: string): string =>
    flags.map((flag) => options.get(flag)).find(Boolean) ?? own[key] ?? config[key] ?? fallback;

  const tsconfig = await tsconfigOf(
    options.get('-p') ??
      options.get('--path') ??
      own.compilerOptions?.tsConfigPath ??
      config.compilerOptions?.tsConfigPath,
    cwd,
    readFile,
  );
  const outDir = relative(cwd, (await outDirOf(join(cwd, tsconfig), readFile)) ?? join(cwd, 'dist'));
  const entry = of('entryFile', ['--entryFile'], 'main');
  const outputs = [join(outDir, of('sourceRoot', ['--sourceRoot'], 'src'), entry), join(outDir, entry)];
  const debug = options.get('-d') ?? options.get('--debug');
  const envFile = options.get('--env-file');
  const start = [
    of('exec', ['-e', '--exec'], 'node'),
    '--enable-source-maps',
    ...(envFile === undefined ? [] : [`--env-file=${envFile}`]),
    ...(debug === undefined ? [] : [debug === '' ? '--inspect' : `--inspect=${debug}`]),
  ];
  return {
    build: ['nest', 'build', ...build],
    watches: build.includes('-w') || build.includes('--watch'),
    server: await serverOf(start, outputs, rest, cwd, readFile),
    shown: formatWords([...start, outputs.at(-1) ?? '', ...rest]),
  };
}

/** Which of the two it will be is known once something was built. */
async function serverOf(
  start: readonly string[],
  outputs: readonly string[],
  rest: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<readonly string[]> {
  for (const output of outputs) {
    if ((await readFile(join(cwd, `${output}.js`))) !== undefined) return [...start, output, ...rest];
  }
  const [first = '', second = ''] = outputs;
  const choose = `if [ -f "$0.js" ]; then set -- "$0" "$@"; else set -- ${quoted(second)} "$@"; fi`;
  return second === first
    ? [...start, first, ...rest]
    : ['sh', '-c', `${choose}; exec ${start.map(quoted).join(' ')} "$@"`, first, ...rest];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function split(args: readonly string[]): {
  readonly build: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly app: string | undefined;
  readonly rest: readonly string[];
} {
  const dashes = args.indexOf('--');
  const own = dashes < 0 ? args : args.slice(0, dashes);
  const options = new Map<string, string>();
  const build: string[] = [];
  let app: string | undefined;
  for (let index = 0; index < own.length; index++) {
    const [flag = '', inline] = (own[index] ?? '').split(/=(.*)/s);
    if (!flag.startsWith('-')) app ??= flag;
    const takes = values.includes(flag) || startValues.includes(flag);
    const next = own[index + 1];
    // The value of --debug may be missing.
    const value = inline ?? (takes && next?.startsWith('-') === false ? next : undefined);
    const width = inline === undefined && value !== undefined ? 2 : 1;
    if (flag.startsWith('-')) options.set(flag, value ?? '');
    if (!startOnly.includes(flag) && !startValues.includes(flag))
      build.push(...own.slice(index, index + width));
    index += width - 1;
  }
  return { build, options, app, rest: dashes < 0 ? [] : args.slice(dashes + 1) };
}

async function configOf(
  named: string | undefined,
  cwd: string,
  readFile: ReadFile,
): Promise<v.InferOutput<typeof schema>> {
  for (const name of named === undefined ? ['nest-cli.json', '.nestcli.json', '.nest-cli.json'] : [named]) {
    const parsed = v.safeParse(schema, parse((await readFile(join(cwd, name))) ?? ''));
    if (parsed.success) return parsed.output;
  }
  return { projects: {} };
}

async function tsconfigOf(named: string | undefined, cwd: string, readFile: ReadFile): Promise<string> {
  if (named !== undefined && named !== '') return named;
  const build = 'tsconfig.build.json';
  return (await readFile(join(cwd, build))) === undefined ? 'tsconfig.json' : build;
}
