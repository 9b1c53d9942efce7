/** The parts of a dev command besides its server, ready to be run. */
import { relative } from 'node:path';
import { runtimeOfProgram } from '../../runtimes/registry.ts';
import { builderOf } from '../../builders/registry.ts';
import type { BuilderSpec, PartSpec, Pipeline, StepSpec } from '../../shared/spec.ts';
import type { PackageJson } from '../reading/package-json.ts';
import { parseScriptCall } from '../reading/scripts.ts';
import { programName } from '../reading/shell.ts';
import { bareWords, couldWatch, isTsc, type Roles } from './roles.ts';
import { leavesOf, runnableTree, type Leaf, type Tree } from './tree.ts';

/** What compilers read, from the folder in which they run. */
const sources = ['**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,json,vue,svelte}', '**/.{swcrc,babelrc}'];
/** By program: what others read. */
const othersRead: Readonly<Record<string, readonly string[]>> = {
  prisma: ['**/*.prisma'],
  'graphql-codegen': ['**/*.{graphql,gql}', 'codegen.*'],
  sass: ['**/*.{scss,sass}'],
  buf: ['**/*.proto'],
  protoc: ['**/*.proto'],
  // With what may be embedded.
  go: [
    '**/!(*_test).go',
    'go.{mod,sum,work}',
    '**/*.{html,htm,tmpl,gohtml,css,js,sql,toml,yaml,yml,ini,graphql,proto}',
  ],
  cargo: ['**/*.{rs,html,htm,css,js,sql,graphql,proto,toml}', 'Cargo.lock'],
};

export function pipelineOf(
  roles: Roles,
  main: PackageJson | undefined,
  env: Readonly<Record<string, string>>,
): Pipeline | undefined {
  const taken = { once: new Set<string>(), living: new Set<string>() };
  const part = (tree: Tree, names: Set<string>): PartSpec => {
    const [first] = leavesOf(tree);
    const cwd = first?.cwd ?? '';
    const run = runnableTree(tree, cwd);
    return {
      name: unique(nameOf(tree, main), names),
      command: run.command,
      cwd,
      env: { ...env, ...run.env },
    };
  };
  const builder = (tree: Tree): BuilderSpec => ({ ...part(tree, taken.living), tool: toolOf(tree) });
  // `tsc && node dist`: a compiler that stays has compiled before another one has begun.
  const compiler = roles.builders.length === 0 ? stayingCompiler(roles.steps.at(-1)) : undefined;
  const steps = compiler === undefined ? roles.steps : roles.steps.slice(0, -1);
  const isBuilt = compiler !== undefined || roles.builders.length > 0;
  const step = (tree: Tree): StepSpec => ({
    ...part(tree, taken.once),
    reads: readsOf(tree, isBuilt),
  });
  const pipeline = {
    steps: steps.map(step),
    builders: [
      ...roles.builders.map((tree): BuilderSpec => ({
        ...builder(tree),
        ...(runsBeside(tree) ? { lenient: true } : {}),
      })),
      ...(compiler === undefined ? [] : [builder(compiler)]),
    ],
    companions: roles.companions.map((tree) => part(tree, taken.living)),
    last: roles.last.map(step),
  };
  return Object.values(pipeline).every((parts) => parts.length === 0) ? undefined : pipeline;
}

/** The same compiler, watching; undefined if the step does anything else. */
function stayingCompiler(step: Tree | undefined): Leaf | undefined {
  if (step?.kind !== 'leaf' || step.tail !== '') return undefined;
  if (!couldWatch(step)) return undefined;
  const quiet = isTsc(programName(bareWords(step.words)[0])) ? ['--preserveWatchOutput'] : [];
  return { ...step, words: [...step.words, '--watch', ...quiet] };
}

/** `tsc -w` beside a server writes what the server runs, errors or not. */
function runsBeside(tree: Tree): boolean {
  return tree.kind === 'leaf' && isTsc(programName(bareWords(tree.words)[0]));
}

/** `isBuilt`: what compilers read is a builder's to watch. */
function readsOf(tree: Tree, isBuilt: boolean): readonly string[] {
  return leavesOf(tree).flatMap((leaf) => {
    const words = bareWords(leaf.words);
    const program = programName(words[0]);
    const from = (globs: readonly string[]): readonly string[] =>
      globs.map((glob) => underneath(leaf, tree, glob));
    if (builderOf(program, words) !== undefined) return isBuilt ? [] : from(sources);
    const runs = runtimeOfProgram(program) !== undefined;
    const script = runs ? words.slice(1).find((word) => /\.[cm]?[jt]s$/.test(word)) : undefined;
    return from([...(othersRead[program] ?? []), ...(script === undefined ? [] : [script])]);
  });
}

function underneath(leaf: Leaf, tree: Tree, glob: string): string {
  const folder = relative(leavesOf(tree)[0]?.cwd ?? leaf.cwd, leaf.cwd);
  return folder === '' ? glob : `${folder}/${glob}`;
}

function toolOf(tree: Tree): string {
  const words = leavesOf(tree).map((leaf) => bareWords(leaf.words));
  const found = words.map((each) => builderOf(programName(each[0]), each));
  // One that is run again and again by a watcher says when it is done, but not that it goes on.
  return found.find((run) => run?.watches === true)?.tool ?? 'unknown';
}

function nameOf(tree: Tree, main: PackageJson | undefined): string {
  const leaf = leavesOf(tree).at(-1);
  const words = bareWords(leaf?.words ?? []);
  const program = programName(words[0]);
  if (leaf !== undefined && builderOf(program, words) !== undefined) return program;
  const typed = tree.kind === 'leaf' ? undefined : tree.typed?.words;
  const script = typed && main && parseScriptCall(typed, main)?.script;
  return script ?? (program === '' ? 'part' : program);
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name} ${String(count)}`;
  taken.add(free);
  return free;
}
