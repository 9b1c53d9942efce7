/** A dev command taken apart: what runs after, and what beside each other. */
import { relative } from 'node:path';
import type { WatcherGlobs } from '../../shared/spec.ts';
import { formatWords, needsShell } from '../reading/shell.ts';

type Environment = Readonly<Record<string, string>>;

/** One command. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly words: readonly string[];
  /** ` | pino-pretty`. */
  readonly tail: string;
  /** Absolute. */
  readonly cwd: string;
  /** What has to be said to the same shell before: `. ./dev.env`. */
  readonly shell?: readonly string[];
  /** Assignments in front of the command, for it alone. */
  readonly own: Environment;
  /** What a package manager would set. */
  readonly outer: Environment;
  /** As one would say it, where the words are for a shell to find out. */
  readonly shown?: string;
  /** The watcher that would have run it again and again, and is left out. */
  readonly watcher?: string;
  /** What that was told; absolute. */
  readonly globs?: WatcherGlobs;
  /** A sentence on what is added to its words. */
  readonly added?: string;
  /** What it was to be given as LISTEN_FDS. */
  readonly listen?: readonly string[];
}

export interface Branch {
  readonly kind: 'sequence' | 'parallel';
  readonly of: readonly Tree[];
  /** The command that it was before it was looked into: `npm run build`. */
  readonly typed?: Leaf;
}

export type Tree = Leaf | Branch;

export function leavesOf(tree: Tree): readonly Leaf[] {
  return tree.kind === 'leaf' ? [tree] : tree.of.flatMap(leavesOf);
}

/** Those it was typed as, too. */
export function mapLeaves(tree: Tree, change: (leaf: Leaf) => Leaf): Tree {
  if (tree.kind === 'leaf') return change(tree);
  const { typed } = tree;
  return {
    ...tree,
    of: tree.of.map((one) => mapLeaves(one, change)),
    ...(typed === undefined ? {} : { typed: change(typed) }),
  };
}

export interface Runnable {
  /** A vector, or a line for the shell. */
  readonly command: string | readonly string[];
  /** On top of the environment that was given. */
  readonly env: Environment;
}

/** @param from folder in which it will be started, absolute */
export function runnable(leaf: Leaf, from: string): Runnable {
  const { words, own, outer } = leaf;
  if (!isInline(leaf, from)) return { command: words, env: { ...outer, ...own } };
  if (!replacesNodeOptions(leaf)) return { command: lineOf(leaf, from), env: { ...outer } };
  const { NODE_OPTIONS = '', ...others } = own;
  return { command: lineOf({ ...leaf, own: others }, from), env: { ...outer, NODE_OPTIONS } };
}

/** In front of the command, where they would take the place of what a runtime adds to its environment. */
export function replacesNodeOptions({ own }: Leaf): boolean {
  const { NODE_OPTIONS } = own;
  return NODE_OPTIONS !== undefined && !needsShell(NODE_OPTIONS);
}

/** Several, as one line for the shell. */
export function runnableTree(tree: Tree, from: string): Runnable {
  if (tree.kind === 'leaf') return runnable(tree, from);
  if (tree.typed !== undefined) return runnable(tree.typed, from);
  const outer = leavesOf(tree).map((leaf) => leaf.outer);
  return { command: line(tree, from), env: Object.assign({}, ...outer) as Environment };
}

function line(tree: Tree, from: string): string {
  if (tree.kind === 'leaf') return lineOf(tree, from);
  if (tree.typed !== undefined) return lineOf(tree.typed, from);
  const parts = tree.of.map((one) => {
    const text = line(one, from);
    // A folder that it goes to, and what it waits for, is its own.
    return one.kind === 'leaf' && one.cwd === from ? text : `(${text})`;
  });
  return tree.kind === 'sequence' ? parts.join(' && ') : `${parts.join(' & ')} & wait`;
}

function lineOf({ words, tail, cwd, own, shell = [] }: Leaf, from: string): string {
  const assignments = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const folder = cwd === from ? '' : `cd ${formatWords([relative(from, cwd)])} && `;
  const before = shell.map((one) => `${one} && `).join('');
  return `${folder}${before}${formatWords([...assignments, ...words])}${tail}`;
}

/** True if only a shell can run it: variables, globs, pipes, another folder. */
function isInline({ words, own, tail, cwd, shell = [] }: Leaf, from: string): boolean {
  return (
    tail !== '' || cwd !== from || shell.length > 0 || [...words, ...Object.values(own)].some(needsShell)
  );
}
