/**
 * Where a server would not load again. Only what its next process loads for certain counts: what its main module, and so
 * on from there, imports or requires before anything can keep it from that. What is left out by then, what is loaded
 * at a request, and what somebody tries to load and can do without, is not known to be needed.
 */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorLocation, Reload } from '../../runtime.ts';
import { locateError } from '../error-location.ts';
import type { LoadedModule, ModuleGraph } from '../own-words.ts';
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
  const files: string[] = [];
  const needed = new Needed(graph);
  for (const [i, { id, own }] of graph.modules.entries()) {
    const file = pathOf(id);
    if (own && compiled.test(file) && (await isChanged(file, since)) && (await needed.has(i)))
      files.push(file);
  }
  if (files.length === 0) return undefined;
  const said = await compile(files, compilers, graph.runtime, asked, patience);
  const found = said === undefined ? undefined : locateError(said, spec.cwd);
  return found?.file !== undefined && files.includes(realPath(found.file)) ? found : undefined;
}

/** The modules that are loaded again whatever else happens. */
class Needed {
  private readonly modules: readonly LoadedModule[];
  private readonly parents = new Map<number, number[]>();
  private readonly known = new Map<number, boolean>();
  private readonly texts = new Map<number, Promise<string>>();

  constructor({ modules }: ModuleGraph) {
    this.modules = modules;
    for (const [i, { needs }] of modules.entries())
      for (const needed of needs) this.parents.set(needed, [...(this.parents.get(needed) ?? []), i]);
  }

  async has(i: number): Promise<boolean> {
    const known = this.known.get(i);
    if (known !== undefined) return known;
    const module = this.modules[i];
    const isMain = module?.isMain === true;
    this.known.set(i, isMain); // modules that need each other lead nowhere
    if (module === undefined || isMain) return isMain;
    for (const parent of this.parents.get(i) ?? []) {
      if (!certainlyNeeds(await this.text(parent), pathOf(module.id)) || !(await this.has(parent))) continue;
      this.known.set(i, true);
      return true;
    }
    return false;
  }

  private async text(i: number): Promise<string> {
    const text = this.texts.get(i) ?? readFile(pathOf(this.modules[i]?.id ?? ''), 'utf8').catch(() => '');
    this.texts.set(i, text);
    return await text;
  }
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

function pathOf(id: string): string {
  return id.startsWith('file:') ? fileURLToPath(id.replace(/[?#].*$/s, '')) : id;
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
