/**
 * ES modules are all read, compiled and linked before the first of them is evaluated. That is most of what they take, and
 * nothing of the app runs in it: so it is done ahead for those that do not lead to the files that are being worked on.
 * Each is evaluated when the app is, in its own order.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { RanAhead } from '../../../protocol/standby.ts';
import { code } from '../../own-words.ts';
import type { LoadedModule } from '../../own-words.ts';
import { basename, dirname } from '../engine/paths.ts';
import type { Resolved } from '../modules/module-hooks.ts';
import type { UsedFiles } from '../modules/used-files.ts';
import { LinkMemory, placeOf } from './link-memory.ts';
import { staticallyImported } from './static-imports.ts';
import { UsedSoFar } from './used-so-far.ts';

export interface LinkPlan {
  /** Files (absolute paths), the one that is likeliest to be saved first. */
  readonly stops: readonly string[];
  /** All that the app loads, by the last generation's account. */
  readonly graph: readonly LoadedModule[];
  /** All that this process has resolved so far. */
  readonly resolved: () => readonly Resolved[];
  readonly used: UsedFiles;
}

/** It can be linked to nothing, so that what it imports is linked, and nobody evaluates it. */
const unlinkable = "import { nothing } from 'data:text/javascript,';";
const asExpected = /'data:text\/javascript,' does not provide an export named 'nothing'/;

export interface Linked {
  readonly ran: RanAhead;
  /** Of what is `forgettable`, these: they and all that lead to them are read, compiled and linked anew. */
  readonly forget: (changed: readonly string[]) => void;
}

/** Resolves to undefined if it can't be done. */
export async function linkAhead(
  { stops, graph, resolved, used }: LinkPlan,
  importModule: (specifier: string) => Promise<unknown>,
): Promise<Linked | undefined> {
  if (!hooksAreThere(graph, resolved())) return undefined;
  const waiting = leadingTo(graph, stops);
  const first = firstBelow(graph, waiting);
  if (first.length === 0) return undefined;
  const state = { isBroken: false };
  const breaks = (): void => {
    state.isBroken = true;
  };
  const files = new UsedSoFar(used, stops, breaks, () => undefined);
  const before = resolved().length;
  files.begin();
  const text = first.map((file) => `import '${pathToFileURL(file).href}';`).join('');
  const failed = await importModule(`data:text/javascript,${encodeURIComponent(text + unlinkable)}`).catch(
    (error: unknown) => error,
  );
  files.end();
  const pairs = resolved().slice(before);
  const linked = pairs.flatMap(({ url }) => placeOf(url) ?? []);
  const isWhole = failed instanceof SyntaxError && asExpected.test(failed.message);
  if (!isWhole || state.isBroken || linked.some((file) => stops.includes(file))) return undefined;
  const [latest = ''] = stops;
  const memory = new LinkMemory(pairs);
  const ran = {
    read: [...new Set([...files.read, ...linked])],
    // Who finds modules by names that are not whole may find another one.
    listed: [...files.listed, ...(hasHooks() ? foldersOf(linked) : [])],
    asked: [...files.asked],
    before: `reads ${latest}`,
    apart: new Set(linked).size,
    forgettable: memory.forgettable(graph),
  };
  return { ran, forget: (changed) => memory.forget(changed) };
}

/** What Node is to be given before the app's main module: its own hooks come first, whoever else has some comes too late. */
function hooksAreThere(graph: readonly LoadedModule[], resolved: readonly Resolved[]): boolean {
  const given = [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv];
  const imports = given.flatMap((flag, i) => {
    const [, joined] = /^--import=(.*)$/.exec(flag) ?? [];
    return joined ?? (flag === '--import' ? (given[i + 1] ?? '') : []);
  });
  const roots = new Set(resolved.map(({ url }) => url));
  return (
    imports.every((one) => compilers.test(one)) &&
    // It is among the dependencies, unless that was found to be of no good.
    (imports.length === 0 || graph.some(({ id }) => compilers.test(id) && roots.has(id)))
  );
}

/** They do nothing but to have a hook for the kinds of files that they compile. */
const compilers = /[\\/]node_modules[\\/](?:\.pnpm[\\/].*[\\/])?tsx[\\/]/;

function hasHooks(): boolean {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv].some((flag) =>
    /^--(?:import|loader|experimental-loader|require|r)\b|^-r$/.test(flag),
  );
}

/** Those files, the main module, and all that leads there. */
function leadingTo(graph: readonly LoadedModule[], stops: readonly string[]): ReadonlySet<number> {
  const users = graph.map((): number[] => []);
  graph.forEach(({ needs }, user) => {
    for (const one of needs) users[one]?.push(user);
  });
  const pending = graph.flatMap(({ id, isMain }, i) =>
    isMain === true || stops.includes(placeOf(id) ?? id) ? [i] : [],
  );
  const waiting = new Set<number>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (waiting.has(next)) continue;
    waiting.add(next);
    pending.push(...(users[next] ?? []));
  }
  return waiting;
}

/** What these import, in their order. What only an `import()` brings may not be there yet. */
function firstBelow(graph: readonly LoadedModule[], waiting: ReadonlySet<number>): string[] {
  const first = new Set<string>();
  for (const index of waiting) {
    const { id = '', own = false, needs = [] } = graph[index] ?? {};
    const file = own ? placeOf(id) : undefined;
    if (file === undefined) continue;
    const below = needs.flatMap((one) => {
      const need = graph[one];
      const place = placeOf(need?.id ?? '');
      return need?.own === true && !waiting.has(one) && place !== undefined && code.test(place)
        ? [place]
        : [];
    });
    for (const one of staticallyImported(textOf(file), below)) first.add(one);
  }
  return [...first];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function foldersOf(files: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    folders.add(dirname(file));
    if (basename(file).startsWith('index.')) folders.add(dirname(dirname(file)));
  }
  return folders;
}
