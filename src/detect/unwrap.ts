/**
 * Watchers start a server again and again, which is what Hot Swap does better: it starts the server itself.
 * Looks through package scripts, npx, cross-env and the like, and leaves a command without a watcher as it is.
 */
import { join, resolve } from 'node:path';
import type { ReadFile } from './reading/files.ts';
import { readPackageJson, type PackageJson } from './reading/package-json.ts';
import { binFolders, parseScriptCall, pathWithBins, scriptEnvironment } from './reading/scripts.ts';
import {
  formatLine,
  formatWords,
  needsShell,
  parseLine,
  splitAssignments,
  type CommandLine,
} from './reading/shell.ts';
import type { Watched } from './watchers/watched.ts';
import { unwatch } from './watchers/watchers.ts';
import { unwrapWrapper, type Wrapped } from './reading/wrappers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface UnwrapResult {
  /** As in ServerSpec: a vector, or a line for the shell. Unchanged if there was nothing to unwrap. */
  readonly command: string | readonly string[];
  /** To be set on top of the server's environment. */
  readonly env?: Record<string, string>;
  /** A sentence for the log; present exactly if something was unwrapped. */
  readonly note?: string;
}

/** What was found inside a command. */
interface Found extends Watched {
  /** Assignments in front of the command, for it alone. */
  readonly own: Readonly<Record<string, string>>;
  /** What a package manager would set, for the whole line. */
  readonly outer: Readonly<Record<string, string>>;
}

/** Scripts that call scripts that call …: no sane project nests deeper, and a circle must end. */
const deepest = 8;

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
): Promise<UnwrapResult> {
  const line = typeof command === 'string' ? parseLine(command) : { before: [], words: command };
  const found = line && (await new Unwrapper(readFile, env).line(line, cwd, 0));
  if (found === undefined) return { command };

  const typed = typeof command === 'string' ? command : formatWords(command);
  const inline = needsInline(found);
  const words = inline ? [...assignments(found.own), ...found.line.words] : found.line.words;
  const start = formatLine({ before: found.line.before, words });
  const added = { ...found.outer, ...(inline ? {} : found.own) };
  const inspect = added['NODE_OPTIONS'];
  if (inspect !== undefined && env['NODE_OPTIONS'] !== undefined)
    added['NODE_OPTIONS'] = `${env['NODE_OPTIONS']} ${inspect}`;
  return {
    command: inline ? start : found.line.words,
    ...(Object.keys(added).length === 0 ? {} : { env: added }),
    note: describe(typed, found.watcher, start),
  };
}

/** Looks inside commands, one layer at a time. */
class Unwrapper {
  readonly #readFile: ReadFile;
  readonly #env: Environment;

  constructor(readFile: ReadFile, env: Environment) {
    this.#readFile = readFile;
    this.#env = env;
  }

  async line(line: CommandLine, cwd: string, depth: number): Promise<Found | undefined> {
    if (depth > deepest) return undefined;
    const folder = line.before.reduce(
      (at, [program, to]) => (program === 'cd' && to ? resolve(at, to) : at),
      cwd,
    );
    const found = await this.#words(line.words, folder, depth);
    return found && { ...found, line: { ...found.line, before: [...line.before, ...found.line.before] } };
  }

  async #words(words: readonly string[], cwd: string, depth: number): Promise<Found | undefined> {
    const { env, rest } = splitAssignments(words);
    const main = await readPackageJson(cwd, this.#readFile);
    const found =
      (await this.#script(rest, cwd, main, depth)) ??
      (await this.#wrapper(rest, cwd, depth)) ??
      (await this.#watcher(rest, cwd, depth));
    return found && { ...found, own: { ...env, ...found.own } };
  }

  async #script(
    words: readonly string[],
    cwd: string,
    main: PackageJson | undefined,
    depth: number,
  ): Promise<Found | undefined> {
    const call = main && parseScriptCall(words, main);
    if (main === undefined || call === undefined) return undefined;
    const line = parseLine(main.scripts[call.script] ?? '');
    if (line === undefined) return undefined;
    const whole = { ...line, words: [...line.words, ...call.args] };
    const found = await this.line(whole, cwd, depth + 1);
    if (found === undefined) return undefined;
    const pre = `pre${call.script}`;
    const before = call.runsPre && main.scripts[pre] !== undefined ? [['npm', 'run', pre]] : [];
    return {
      ...found,
      line: { ...found.line, before: [...before, ...found.line.before] },
      outer: { ...scriptEnvironment(cwd, main, call, this.#env), ...found.outer },
    };
  }

  async #wrapper(words: readonly string[], cwd: string, depth: number): Promise<Found | undefined> {
    const wrapped = unwrapWrapper(words);
    if (wrapped === undefined) return undefined;
    const found = await this.line({ before: [], words: wrapped.inner }, cwd, depth + 1);
    if (found === undefined) return undefined;
    const inner = { ...found, own: { ...wrapped.env, ...found.own } };
    return wrapped.finds ? this.#findable(inner, wrapped, cwd) : keepInFront(inner, wrapped.keep);
  }

  /** npx costs a second at every start: not worth it for `node`, nor for what is installed. */
  async #findable(found: Found, wrapped: Wrapped, cwd: string): Promise<Found> {
    const program = found.line.words[0] ?? '';
    const outer = { ...pathWithBins(cwd, this.#env), ...found.outer };
    if (program === 'node') return found;
    for (const folder of binFolders(cwd)) {
      if ((await this.#readFile(join(folder, program))) !== undefined) return { ...found, outer };
    }
    return keepInFront(found, wrapped.keep);
  }

  async #watcher(words: readonly string[], cwd: string, depth: number): Promise<Found | undefined> {
    const found = await unwatch(words, cwd, this.#readFile);
    if (found === undefined) return undefined;
    // `nodemon --exec "npm start"`, `nodemon --exec "tsx watch x"`: there may be more to unwrap.
    const inner = await this.line(found.line, cwd, depth + 1);
    const own = { ...found.env, ...inner?.own };
    return { watcher: found.watcher, line: inner?.line ?? found.line, own, outer: inner?.outer ?? {} };
  }
}

function describe(typed: string, watcher: string, start: string): string {
  return typed.startsWith(watcher)
    ? `Hot Swap replaces ${watcher}: starting ${start} instead of ${typed}`
    : `${typed} runs ${watcher}, which Hot Swap replaces: starting ${start}`;
}

function keepInFront(found: Found, keep: readonly string[]): Found {
  return { ...found, line: { ...found.line, words: [...keep, ...found.line.words] } };
}

/** True if only a shell can run it: several commands, variables, globs. */
function needsInline(found: Found): boolean {
  return found.line.before.length > 0 || [...found.line.words, ...Object.values(found.own)].some(needsShell);
}

function assignments(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
