/**
 * Where a server would not load again. Only what its next process loads for certain counts: what its main module, and so
 * on from there, imports or requires before anything can keep it from that. What is left out by then, what is loaded
 * at a request, and what somebody tries to load and can do without, is not known to be needed.
 */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorLocation, Reload } from '../../runtime.ts';
import { locateError } from '../error-location.ts';
import { pathOf } from '../own-words.ts';
import type { ModuleGraph } from '../own-words.ts';
import { compilersOf } from './compilers-of.ts';
import { certainlyNeeds } from './certain-needs.ts';

/** Beside the preload: compile.ts, bundled. */
export const compiler = 'compile.js';

const compiled = /(?:^|[\\/])[^\\/.]+$|\.(?:[cm]?[jt]sx?|json)$/;

export async function findRefused(asked: Reload, patience: AbortSignal): Promise<ErrorLocation | undefined> {
  const { loaded, since, spec } = asked;
  const graph = loaded.own as ModuleGraph;
  const compilers = compilersOf(graph, spec);
  if (compilers === undefined) return undefined;
  const changed: string[] = [];
  for (const { id, own } of graph.modules) {
    const file = pathOf(id);
    if (own && compiled.test(file) && (await isChanged(file, since))) changed.push(file);
  }
  if (changed.length === 0) return undefined;
  const needed = await certain(graph);
  const files = changed.filter((file) => needed.has(file));
  if (files.length === 0) return undefined;
  const said = await compile(files, compilers, graph.runtime, asked, patience);
  const found = said === undefined ? undefined : locateError(said, spec.cwd);
  return found?.file !== undefined && files.includes(realPath(found.file)) ? found : undefined;
}

/** Files of the app's own modules that are loaded again whatever else happens. */
async function certain({ modules }: ModuleGraph): Promise<ReadonlySet<string>> {
  const found = new Set(modules.filter(({ own, isMain }) => own && isMain === true));
  for (const module of found) {
    const needed = module.needs.map((i) => modules[i]).filter((one) => one?.own === true && !found.has(one));
    if (needed.length === 0) continue;
    const text = await readFile(pathOf(module.id), 'utf8').catch(() => '');
    for (const one of needed) if (one !== undefined && certainlyNeeds(text, pathOf(one.id))) found.add(one);
  }
  return new Set([...found].map(({ id }) => pathOf(id)));
}

/** What it prints on stderr, if it says that one does not compile. */
function compile(
  files: readonly string[],
  compilers: readonly string[],
  runtime: string,
  { spec, folder }: Reload,
  signal: AbortSignal,
): Promise<string | undefined> {
  const env: Record<string, string> = { ...spec.env };
  delete env['NODE_OPTIONS']; // it has preloads that are the app's
  const order = JSON.stringify({ files, hooked: compilers.length > 0 });
  const flags = ['--no-warnings', '--experimental-vm-modules', ...compilers];
  return new Promise((resolve) => {
    execFile(
      runtime,
      [...flags, path.join(folder, compiler), order],
      { cwd: spec.cwd, env, signal, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 },
      (error, _output, said) => resolve(error?.code === 1 ? said : undefined),
    );
  });
}

async function isChanged(file: string, since: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && Math.max(found.mtimeMs, found.ctimeMs) >= since;
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
