/** Takes a dev command apart, one layer at a time: scripts, wrappers, multiplexers, watchers, builders. */
import { join, resolve } from 'node:path';
import { builderOf } from '../../builders/registry.ts';
import type { ReadFile } from '../reading/files.ts';
import { readPackageJson, type PackageJson } from '../reading/package-json.ts';
import { parseScript, scriptOf, type Script } from '../reading/script.ts';
import { binFolders, parseScriptCall, pathWithBins, scriptEnvironment } from '../reading/scripts.ts';
import { elsewhere } from '../reading/workspaces.ts';
import { wireitLine } from '../reading/wireit.ts';
import { formatWords, needsShell, programName, splitAssignments } from '../reading/shell.ts';
import { inTheOpen, unwrapWrapper, type Wrapped } from '../reading/wrappers.ts';
import { below } from '../watchers/globs.ts';
import { unwatch } from '../watchers/watchers.ts';
import { compiledStart } from './compiled.ts';
import { multiplexed } from './multiplexers.ts';
import { nestStart } from './nest.ts';
import { mapLeaves, type Branch, type Leaf, type Tree } from './tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Scripts that call scripts that call …: no sane project nests deeper, and a circle must end. */
const deepest = 12;

/** Commands that do something to the shell that they are said to. */
const shellsOwn: ReadonlySet<string> = new Set(['set', '.', 'source', 'unset', 'ulimit', 'umask']);

/** Where a command stands. */
interface Place {
  readonly cwd: string;
  readonly main: PackageJson | undefined;
  readonly depth: number;
}

export class Expander {
  readonly #readFile: ReadFile;
  readonly #env: Environment;

  /** @param env what the command will get; PATH is extended where a package manager would extend it */
  constructor(readFile: ReadFile, env: Environment) {
    this.#readFile = readFile;
    this.#env = env;
  }

  /** Undefined if it can't be followed. */
  async tree(script: Script, cwd: string, depth = 0): Promise<Tree | undefined> {
    if (depth > deepest) return undefined;
    switch (script.kind) {
      case 'command':
        return await this.#command(script.words, script.tail, cwd, depth);
      case 'parallel': {
        const all = await Promise.all(script.of.map((one) => this.tree(one, cwd, depth)));
        const known = all.filter((one) => one !== undefined);
        return known.length === all.length ? { kind: 'parallel', of: known } : undefined;
      }
      case 'sequence':
        return await this.#sequence(script.of, cwd, depth);
    }
  }

  async #sequence(scripts: readonly Script[], cwd: string, depth: number): Promise<Tree | undefined> {
    const of: Tree[] = [];
    let at = cwd;
    let exported: Readonly<Record<string, string>> = {};
    const shell: string[] = [];
    for (const script of scripts) {
      const [program, ...args] = script.kind === 'command' ? script.words : [];
      if (program === 'cd' || program === 'export') {
        if (args.length === 0 || args.some(needsShell)) return undefined;
        if (program === 'cd' && shell.length > 0) return undefined;
        if (program === 'cd') at = resolve(at, args[0] ?? '');
        else exported = { ...exported, ...splitAssignments(args).env };
        continue;
      }
      if (program === 'true' || program === ':') continue;
      if (script.kind === 'command' && shellsOwn.has(program ?? '')) {
        shell.push(formatWords(script.words));
        continue;
      }
      const tree = await this.tree(script, at, depth);
      if (tree === undefined) return undefined;
      const under = exported;
      // Options alone matter to the lines of the script, not to one program.
      const said = shell.every((one) => one.startsWith('set ')) ? [] : [...shell];
      of.push(
        mapLeaves(tree, (leaf) => ({
          ...leaf,
          own: { ...under, ...leaf.own },
          ...(said.length === 0 ? {} : { shell: [...said, ...(leaf.shell ?? [])] }),
        })),
      );
    }
    const [only] = of;
    return of.length === 1 ? only : { kind: 'sequence', of };
  }

  async #command(
    words: readonly string[],
    tail: string,
    cwd: string,
    depth: number,
  ): Promise<Tree | undefined> {
    const { env, rest } = splitAssignments(words);
    const main = await readPackageJson(cwd, this.#readFile);
    const place = { cwd, main, depth };
    const open = inTheOpen(rest);
    const leaf: Leaf = {
      ...{ kind: 'leaf', words: open ?? rest, tail, cwd, own: {}, outer: {} },
      ...(open === undefined
        ? {}
        : { added: `${formatWords(rest)} is given --env-mode=loose, to find its listeners` }),
    };
    const found =
      // The output of all goes where the shell says: what is inside can't be taken out.
      (tail === ''
        ? ((await this.#script(rest, place)) ?? (await this.#multiplexer(rest, place)))
        : undefined) ??
      (await this.#wrapper(rest, tail, place)) ??
      (await this.#watcher(rest, tail, place)) ??
      (await this.#builder(rest, place)) ??
      this.#compiled(leaf) ??
      leaf;
    const whole = found === leaf ? leaf : withTyped(found, leaf);
    return mapLeaves(whole, (one) => ({ ...one, own: { ...env, ...one.own } }));
  }

  async #script(words: readonly string[], { cwd, main, depth }: Place): Promise<Tree | undefined> {
    const there = await elsewhere(words, cwd, this.#readFile);
    if (there !== undefined) return await this.tree(scriptOf(there.words), there.cwd, depth + 1);
    const call = main && parseScriptCall(words, main);
    if (main === undefined || call === undefined) return undefined;
    const wired = wireitLine(main, call.script);
    const text = wired ?? main.scripts[call.script] ?? '';
    const more = call.args.length === 0 ? '' : ` ${formatWords(call.args)}`;
    const script = parseScript(text + more);
    const tree = script && (await this.tree(script, cwd, depth + 1));
    if (tree === undefined) return undefined;
    const outer = scriptEnvironment(cwd, main, call, this.#env);
    const by = wired === undefined ? {} : { watcher: 'wireit' };
    const inner = mapLeaves(tree, (leaf) => ({ ...by, ...leaf, outer: { ...outer, ...leaf.outer } }));
    const pre = `pre${call.script}`;
    if (!call.runsPre || main.scripts[pre] === undefined) return inner;
    const before = await this.tree(scriptOf(['npm', 'run', pre]), cwd, depth + 1);
    return before && { kind: 'sequence', of: [before, inner] };
  }

  async #multiplexer(words: readonly string[], { cwd, main, depth }: Place): Promise<Tree | undefined> {
    const script = multiplexed(programName(words[0]), words.slice(1), main);
    return script && (await this.tree(script, cwd, depth + 1));
  }

  async #wrapper(words: readonly string[], tail: string, { cwd, depth }: Place): Promise<Tree | undefined> {
    const wrapped = unwrapWrapper(words);
    if (wrapped === undefined) return undefined;
    const tree = await this.tree(scriptOf(wrapped.inner, tail), cwd, depth + 1);
    if (tree === undefined) return undefined;
    const { listen } = wrapped;
    const inner = mapLeaves(tree, (leaf) => ({
      ...leaf,
      ...(listen === undefined ? {} : { listen }),
      own: { ...wrapped.env, ...leaf.own },
    }));
    return wrapped.finds ? await this.#findable(inner, wrapped) : keepInFront(inner, wrapped.keep);
  }

  /** npx costs a second at every start: not worth it for `node`, nor for what is installed. */
  async #findable(tree: Tree, { keep }: Wrapped): Promise<Tree> {
    if (tree.kind !== 'leaf') {
      const of = await Promise.all(tree.of.map((one) => this.#findable(one, { keep } as Wrapped)));
      return { ...tree, of };
    }
    const program = tree.words[0] ?? '';
    if (program === 'node') return tree;
    for (const folder of binFolders(tree.cwd)) {
      if ((await this.#readFile(join(folder, program))) === undefined) continue;
      return { ...tree, outer: { ...pathWithBins(tree.cwd, this.#env), ...tree.outer } };
    }
    return keepInFront(tree, keep);
  }

  async #watcher(words: readonly string[], tail: string, { cwd, depth }: Place): Promise<Tree | undefined> {
    const found = await unwatch(words, cwd, this.#readFile);
    if (found === undefined) return undefined;
    // `nodemon --exec "npm start"`, `nodemon --exec "tsx watch x"`: there may be more to unwrap.
    const script: Script = {
      kind: 'sequence',
      of: [...found.line.before.map((one) => scriptOf(one)), scriptOf(found.line.words, tail)],
    };
    const tree = await this.tree(script, cwd, depth + 1);
    return (
      tree &&
      mapLeaves(tree, (leaf) => ({
        ...leaf,
        watcher: found.watcher,
        ...(found.globs === undefined ? {} : { globs: below(cwd, found.globs) }),
        own: { ...found.env, ...leaf.own },
      }))
    );
  }

  /** One that compiles the server, and runs it then. */
  #compiled(leaf: Leaf): Tree | undefined {
    const found = compiledStart(leaf.words, leaf.cwd, this.#env);
    if (found === undefined) return undefined;
    const { build, run } = found;
    const of = [
      { ...leaf, words: build, tail: '' },
      { ...leaf, words: run, shown: formatWords(leaf.words) },
    ];
    return { kind: 'sequence', of };
  }

  /** One that runs the server by itself, after each good build. */
  async #builder(words: readonly string[], { cwd, depth }: Place): Promise<Tree | undefined> {
    const program = programName(words[0]);
    const leaf = (of: readonly string[]): Leaf => {
      return { kind: 'leaf', words: of, tail: '', cwd, own: {}, outer: {} };
    };
    if (program === 'nest' && words[1] === 'start') {
      const { build, watches, server, shown } = await nestStart(words.slice(2), cwd, this.#readFile);
      const kind = watches ? 'parallel' : 'sequence';
      const [, ...args] = build;
      return { kind, of: [leaf([words[0] ?? program, ...args]), { ...leaf(server), shown }] };
    }
    const run = builderOf(program, words);
    if (run?.onSuccess === undefined) return undefined;
    const script = parseScript(run.onSuccess);
    const server = script && (await this.tree(script, cwd, depth + 1));
    return server && { kind: 'parallel', of: [leaf(run.words), server] };
  }
}

/** Two layers of one command: the outer is how it was typed. */
function withTyped(tree: Tree, typed: Leaf): Tree {
  if (tree.kind !== 'leaf') {
    const branch: Branch = { ...tree, typed };
    return branch;
  }
  return tree;
}

function keepInFront(tree: Tree, keep: readonly string[]): Tree {
  return mapLeaves(tree, (leaf) => ({ ...leaf, words: [...keep, ...leaf.words] }));
}
