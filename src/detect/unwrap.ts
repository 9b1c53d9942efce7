/**
 * What a dev command comes down to: the server, which Hot Swap runs itself instead of its watcher, and the builders,
 * companions and one-time steps that are run beside and before it. A command that only runs a server is left as it is.
 */
import { isAbsolute, relative } from 'node:path';
import type { Pipeline, WatcherGlobs } from '../shared/spec.ts';
import type { ReadFile } from './reading/files.ts';
import { readPackageJson } from './reading/package-json.ts';
import { parseScript, scriptOf } from './reading/script.ts';
import { formatWords } from './reading/shell.ts';
import { Expander } from './pipeline/expand.ts';
import { pipelineOf } from './pipeline/parts.ts';
import { goesOn, rolesOf, type Roles } from './pipeline/roles.ts';
import { replacesNodeOptions, runnableTree, type Leaf, type Runnable, type Tree } from './pipeline/tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface UnwrapResult {
  /** As in ServerSpec: a vector, or a line for the shell. Unchanged if there was nothing to unwrap. */
  readonly command: string | readonly string[];
  /** To be set on top of the server's environment. */
  readonly env?: Record<string, string>;
  /** A sentence for the log; present exactly if something was unwrapped. */
  readonly note?: string;
  /** What else the command runs, with their environments. */
  readonly pipeline?: Pipeline;
  /** What its watcher was told. */
  readonly watcher?: WatcherGlobs;
  /** What it is to be given as LISTEN_FDS. */
  readonly listen?: readonly string[];
}

/** What the user says of it, as command lines: builders or steps, and what else is to run. */
export interface SaidParts {
  readonly build?: readonly string[];
  readonly companions?: readonly string[];
}

/**
 * @param command as the user would type it, or as a vector
 * @param cwd folder the command runs in, absolute
 * @param env environment the server will get; PATH is extended where a package manager would extend it
 */
export async function unwrap(
  command: string | readonly string[],
  cwd: string,
  readFile: ReadFile,
  env: Environment = process.env,
  said: SaidParts = {},
): Promise<UnwrapResult> {
  const expander = new Expander(readFile, env);
  const script = typeof command === 'string' ? parseScript(command) : scriptOf(command);
  const tree = script && (await expander.tree(script, cwd));
  const found = tree && rolesOf(tree);
  const roles = await withSaid(found ?? asTyped(command, cwd), said, expander, cwd);
  const [server] = roles.servers;
  const pipeline = pipelineOf(roles, await readPackageJson(cwd, readFile), textsOf(env));
  const watcher = roles.servers.map((one) => one.watcher).find((one) => one !== undefined);
  const setsOptions = roles.servers.some(replacesNodeOptions);
  const listen = roles.servers.flatMap((one) => one.listen ?? []);
  const additions = roles.servers.flatMap((one) => one.added ?? []);
  const isPlain = listen.length === 0 && additions.length === 0 && !setsOptions;
  const isLeft = isPlain && pipeline === undefined && watcher === undefined;
  if (server === undefined || isLeft) return { command };

  const typed = typeof command === 'string' ? command : formatWords(command);
  const start = found === undefined ? { command, env: {} } : startOf(roles.servers, cwd);
  const added: Record<string, string> = { ...start.env };
  const inspect = added['NODE_OPTIONS'];
  if (inspect !== undefined && env['NODE_OPTIONS'] !== undefined)
    added['NODE_OPTIONS'] = `${env['NODE_OPTIONS']} ${inspect}`;
  const shown = server.shown ?? lineOf(start.command);
  const notes = [
    ...(watcher === undefined ? [] : [describe(typed, watcher, shown)]),
    ...(watcher === undefined && setsOptions
      ? [`${typed} sets NODE_OPTIONS, to which Hot Swap adds: starting ${shown}`]
      : []),
    ...additions,
    ...(pipeline === undefined ? [] : [describeParts(typed, pipeline, shown, roles.servers.length)]),
    ...(listen.length === 0
      ? []
      : [`LISTEN_FDS is handed down in the place of systemfd: ${listen.join(', ')}`]),
  ];
  return {
    command: start.command,
    ...(Object.keys(added).length === 0 ? {} : { env: added }),
    note: notes.join('. '),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...globsOf(roles.servers, pipeline, cwd),
    ...(listen.length === 0 ? {} : { listen }),
  };
}

/** What a builder writes is left alone by a watcher that runs the builder. */
function globsOf(
  servers: readonly Leaf[],
  pipeline: Pipeline | undefined,
  cwd: string,
): Pick<UnwrapResult, 'watcher'> {
  const all = servers.flatMap(({ globs }) => globs ?? []);
  if (all.length === 0) return {};
  const from = (glob: string): string => (isAbsolute(glob) ? relative(cwd, glob) : glob);
  const watch = all.flatMap((globs) => globs.watch.map(from));
  const ignore = pipeline === undefined ? all.flatMap((globs) => globs.ignore.map(from)) : [];
  return { watcher: { watch, ignore } };
}

function startOf(servers: readonly Leaf[], cwd: string): Runnable {
  const [only] = servers;
  const tree: Tree = servers.length === 1 && only ? only : { kind: 'parallel', of: servers };
  return runnableTree(tree, cwd);
}

/** What can't be taken apart is the server. */
function asTyped(command: string | readonly string[], cwd: string): Roles {
  const words = typeof command === 'string' ? [command] : command;
  const server: Leaf = { kind: 'leaf', words, tail: '', cwd, own: {}, outer: {} };
  return { steps: [], builders: [], companions: [], last: [], servers: [server] };
}

async function withSaid(
  roles: Roles,
  { build = [], companions = [] }: SaidParts,
  expander: Expander,
  cwd: string,
): Promise<Roles> {
  const treeOf = async (line: string): Promise<Tree> => {
    const script = parseScript(line);
    const typed: Leaf = { kind: 'leaf', words: ['sh', '-c', line], tail: '', cwd, own: {}, outer: {} };
    return (script && (await expander.tree(script, cwd))) ?? typed;
  };
  const said = await Promise.all(build.map(treeOf));
  const beside = await Promise.all(companions.map(treeOf));
  return {
    ...roles,
    steps: [...said.filter((tree) => !goesOn(tree)), ...roles.steps],
    builders: [...said.filter(goesOn), ...roles.builders],
    companions: [...beside, ...roles.companions],
  };
}

function describe(typed: string, watcher: string, start: string): string {
  return typed.startsWith(watcher)
    ? `Hot Swap replaces ${watcher}: starting ${start} instead of ${typed}`
    : `${typed} runs ${watcher}, which Hot Swap replaces: starting ${start}`;
}

/** `npm run dev is taken apart: first npm run build, tsc builds, vite beside it; node dist/index.js has generations` */
function describeParts(typed: string, pipeline: Pipeline, start: string, servers: number): string {
  const { steps, builders, companions, last } = pipeline;
  const names = (parts: readonly { readonly name: string }[]): string =>
    parts.map(({ name }) => name).join(', ');
  const runs = builders.length === 1 ? 'builds' : 'build';
  const several =
    servers > 1 ? '. Its servers are swapped as one: list each in hotSwap.servers to swap it by itself' : '';
  const first = [...steps, ...last];
  const sentences = [
    ...(first.length === 0 ? [] : [`${first.map(({ command }) => lineOf(command)).join(', then ')} first`]),
    ...(builders.length === 0 ? [] : [`${names(builders)} ${runs}, started once`]),
    ...(companions.length === 0 ? [] : [`${names(companions)} beside it, started once`]),
    `${start} has generations${several}`,
  ];
  return `${typed} is taken apart: ${sentences.join('; ')}`;
}

function lineOf(command: string | readonly string[]): string {
  return typeof command === 'string' ? command : formatWords(command);
}

function textsOf(env: Environment): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) texts[name] = value;
  return texts;
}
