/** What part each command of a taken-apart dev command plays. */
import { runtimeOfProgram } from '../../runtimes/registry.ts';
import { builderOf } from '../../builders/registry.ts';
import { programName } from '../reading/shell.ts';
import { unwrapWrapper } from '../reading/wrappers.ts';
import { leavesOf, type Leaf, type Tree } from './tree.ts';

export interface Roles {
  readonly steps: readonly Tree[];
  readonly builders: readonly Tree[];
  readonly companions: readonly Tree[];
  readonly last: readonly Tree[];
  /** Several run as one. */
  readonly servers: readonly Leaf[];
}

/** Programs beside a server that are not it; some with other words are, so the first argument counts. */
const companionPrograms = (
  'astro browser-sync cypress docker docker-compose electron eslint expo graphql-codegen jest livereload lt maildev ' +
  'mailhog mongod ng ngrok nodemailer parcel podman postcss prettier prisma prism react-scripts redis-server sass ' +
  'snowpack storybook start-storybook stripe tailwind tailwindcss vitest webpack-dev-server vue-cli-service open-cli ' +
  'sleep echo wait-on tail less lessc stylus unocss stylelint mocha'
).split(' ');
const companionRuns: Readonly<Record<string, RegExp>> = {
  vite: /^(?!build)/,
  webpack: /^(serve|s|server)$/,
  rspack: /^(serve|dev)$/,
  tsc: /^/, // that only checks: the others are builders
};
const otherRunners = ['bun', 'deno', 'php', 'go', 'cargo', 'air', 'java', 'dotnet'];
/** A script that builds, run by the program that runs servers, too. */
const buildScript =
  /(^|[/\\.-])(build|bundle|esbuild|rollup|webpack|gulpfile|gulp|watch|codegen|tailwind|css|compile)([/\\.-]|$)/i;

/** Undefined if it is not clear which of the commands is the server. */
export function rolesOf(tree: Tree): Roles | undefined {
  if (tree.kind === 'leaf') return { ...none, servers: [tree] };
  if (tree.kind === 'sequence') {
    const before = tree.of.slice(0, -1);
    const last = tree.of.at(-1);
    const roles = last && rolesOf(last);
    return roles && { ...roles, steps: [...before.flatMap(stepsOf), ...roles.steps] };
  }
  return beside(tree.of);
}

const none = { steps: [], builders: [], companions: [], last: [] } as const;

function beside(all: readonly Tree[]): Roles | undefined {
  const sorted = all.map((tree) => ({ tree, roles: rolesOf(tree), kind: kindOf(tree) }));
  const named = sorted.filter(({ kind }) => kind === 'server');
  const unknown = sorted.filter(({ kind }) => kind === 'unknown');
  // Nobody knows all programs: the only one that nobody knows is the server, if nobody else is.
  const candidates = named.length > 0 ? named : unknown.length === 1 ? unknown : [];
  // Beside one that its watcher restarts, what nobody restarts is started once.
  const restarted = candidates.filter(({ tree, roles }) => isRestarted(tree, roles));
  const servers = restarted.length > 0 ? restarted : candidates;
  if (servers.length === 0) return undefined;
  const inner = servers.map(({ roles }) => roles).filter((roles) => roles !== undefined);
  if (inner.length < servers.length) return undefined;
  const of = (kind: string): Tree[] => sorted.filter((one) => one.kind === kind).map(({ tree }) => tree);
  const others = candidates === unknown ? [] : of('unknown');
  const once = candidates.filter((one) => !servers.includes(one)).map(({ tree }) => tree);
  return {
    steps: [],
    builders: [...of('builder'), ...inner.flatMap(({ builders }) => builders)],
    companions: [...of('companion'), ...others, ...once, ...inner.flatMap(({ companions }) => companions)],
    // What a server waits for is what runs beside it.
    last: inner.flatMap(({ steps, last }) => [...steps, ...last]),
    servers: inner.flatMap((roles) => roles.servers),
  };
}

/** By a watcher, or by who builds it. */
function isRestarted(tree: Tree, roles: Roles | undefined): boolean {
  const isWatched = ({ watcher, words }: Leaf): boolean =>
    watcher !== undefined && runtimeOfProgram(programName(bareWords(words)[0])) !== undefined;
  return (roles?.builders.length ?? 0) > 0 || leavesOf(tree).some(isWatched);
}

/** A command that a user calls a builder: it watches, or it builds once. */
export function goesOn(tree: Tree): boolean {
  const leaf = lastLeaf(tree);
  if (leaf === undefined) return false;
  const words = bareWords(leaf.words);
  const run = builderOf(programName(words[0]), words);
  if (run !== undefined) return run.watches || leaf.watcher !== undefined;
  return leaf.watcher !== undefined || words.some((word) => /^(-w|--watch|watch)\b/.test(word));
}

/** A row of commands is as many steps, one that was typed is one, unless it ends in a compiler that could stay. */
function stepsOf(tree: Tree): readonly Tree[] {
  if (tree.kind !== 'sequence') return [tree];
  const last = lastLeaf(tree);
  const isOne = tree.typed !== undefined && (last === undefined || !couldWatch(last));
  return isOne ? [tree] : tree.of.flatMap(stepsOf);
}

/** TypeScript's, or what passes its words on to it. */
export function isTsc(program: string): boolean {
  return /^(lb-)?tsc$/.test(program);
}

/** A compiler that builds once, and knows how to go on. */
export function couldWatch({ words: all }: Leaf): boolean {
  const words = bareWords(all);
  const program = programName(words[0]);
  const run = builderOf(program, words);
  const isOfThese = isTsc(program) || (program === 'nest' && words[1] === 'build');
  return isOfThese && run !== undefined && run.writes && !run.watches;
}

function kindOf(tree: Tree): 'server' | 'builder' | 'companion' | 'unknown' {
  if (tree.kind === 'parallel') {
    const kinds = tree.of.map(kindOf);
    return (['server', 'unknown', 'builder'] as const).find((kind) => kinds.includes(kind)) ?? 'companion';
  }
  const leaf = tree.kind === 'leaf' ? tree : lastLeaf(tree);
  return leaf === undefined ? 'unknown' : kindOfLeaf(leaf);
}

function lastLeaf(tree: Tree): Leaf | undefined {
  return leavesOf(tree).at(-1);
}

function kindOfLeaf(leaf: Leaf): 'server' | 'builder' | 'companion' | 'unknown' {
  const words = bareWords(leaf.words);
  const program = programName(words[0]);
  const [first = ''] = words.slice(1);
  const run = builderOf(program, words);
  // A watcher that runs a compiler again and again is a builder, too.
  if (run !== undefined && run.writes && (run.watches || leaf.watcher !== undefined)) return 'builder';
  if (companionPrograms.includes(program) || companionRuns[program]?.test(first) === true) return 'companion';
  if (run !== undefined) return 'companion';
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  const runs = runtimeOfProgram(program) !== undefined || otherRunners.includes(program);
  if (runs && script !== undefined && buildScript.test(script) && !/server/i.test(script)) return 'builder';
  return runs || leaf.watcher !== undefined || leaf.shown !== undefined ? 'server' : 'unknown';
}

/** Without what only prepares another program. */
export function bareWords(words: readonly string[]): readonly string[] {
  const inner = unwrapWrapper(words)?.inner;
  return inner === undefined || inner.length === 0 ? words : bareWords(inner);
}
