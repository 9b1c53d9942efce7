/**
 * Which ES modules this process resolved, and for whom. CommonJS keeps a list of its own; for ES modules Node's
 * own hooks are asked, but only in a process whose main module may be one, since hooks cost every `require` a
 * little.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join, resolve, sep } from '../engine/paths.ts';
import { esmLoader, hideFrom, watchEsmLoader } from './esm-loader.ts';
import type { UsedFiles } from './used-files.ts';

/** `from` wanted `url`, in the order in which they were asked for. `from` is undefined for the main module. */
export interface Resolved {
  readonly from: string | undefined;
  readonly url: string;
}

interface ModuleHooks {
  registerHooks?(hooks: {
    resolve(specifier: string, context: Context, next: NextResolve): { url: string };
  }): void;
  register?(specifier: string, options: { data: unknown; transferList: unknown[] }): void;
}
interface Context {
  readonly parentURL?: string | undefined;
}
type NextResolve = (specifier: string, context: Context) => { url: string };

const importers = ['--import', '--loader', '--experimental-loader'];

/** In a thread of Node's own, on Node 20 where somebody else has hooks: a process that dies would not hear of what is missing, so that goes into the journal. */
const reportingHooks = `
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
let data;
export const initialize = (given) => { data = given; };
export const resolve = async (specifier, context, next) => {
  try {
    const result = await next(specifier, context);
    data.port.postMessage({ from: context.parentURL, url: result.url });
    return result;
  } catch (error) {
    try {
      if (data.journal && error.url.startsWith('file:'))
        appendFileSync(data.journal, process.pid + ' N ' + fileURLToPath(error.url) + '\\n');
    } catch {}
    throw error;
  }
};`;

/** Returns what brings the list up to date; undefined if no ES modules are expected, or can't be seen. */
export function watchEsModules(
  files: UsedFiles | undefined,
  journal: string | undefined,
): (() => readonly Resolved[]) | undefined {
  return mayLoadEsModules(process.argv[1], process.execArgv) ? addHooks(files, journal) : undefined;
}

function addHooks(
  files: UsedFiles | undefined,
  journal: string | undefined,
): (() => readonly Resolved[]) | undefined {
  const hooks = require('node:module') as ModuleHooks;
  const seen: Resolved[] = [];
  if (hooks.registerHooks !== undefined) {
    hooks.registerHooks({
      resolve: (specifier, context, next) => {
        const result = resolved(next, specifier, context, files);
        seen.push({ from: context.parentURL, url: result.url });
        return result;
      },
    });
    return () => seen;
  }
  if (hooks.register === undefined) return undefined;
  let receive = (): void => undefined;
  const watchThread = (): void => {
    receive = watchInThread(hooks, journal, seen);
  };
  const loader = hasLoaders() ? undefined : esmLoader();
  if (loader === undefined) watchThread();
  else
    watchEsmLoader(loader, {
      resolved: (from, url) => seen.push({ from, url }),
      failed: (error) => tellMissing(error, files),
      hooked: watchThread,
    });
  return () => {
    receive();
    return seen;
  };
}

/** Returns what takes in what has been told. */
function watchInThread(hooks: ModuleHooks, journal: string | undefined, seen: Resolved[]): () => void {
  // Only here, since it costs a process that has no use for it some milliseconds.

  const threads = require('node:worker_threads') as typeof import('node:worker_threads');
  const { port1, port2 } = new threads.MessageChannel();
  hooks.register?.(`data:text/javascript,${encodeURIComponent(reportingHooks)}`, {
    data: { port: port2, journal },
    transferList: [port2],
  });
  port1.unref();
  return () => {
    for (;;) {
      const received = threads.receiveMessageOnPort(port1) as { readonly message: Resolved } | undefined;
      if (received === undefined) return;
      seen.push(received.message);
    }
  };
}

/** Of old: there before anybody registers one. */
function hasLoaders(): boolean {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv].some((flag) =>
    /^--(?:experimental-)?loader\b/.test(flag),
  );
}

function resolved(
  next: NextResolve,
  specifier: string,
  context: Context,
  files: UsedFiles | undefined,
): { url: string } {
  try {
    return next(specifier, context);
  } catch (error) {
    hideFrom(error);
    tellMissing(error, files);
    throw error;
  }
}

function tellMissing(error: unknown, files: UsedFiles | undefined): void {
  const { url } = error as { readonly url?: unknown };
  if (typeof url === 'string' && url.startsWith('file:')) files?.seeks(fileURLToPath(url), 'needs');
}

function mayLoadEsModules(main: string | undefined, execArgv: readonly string[]): boolean {
  if (execArgv.some((flag) => importers.some((importer) => flag.startsWith(importer)))) return true;
  if (main === undefined || main.includes(`${sep}node_modules${sep}`)) return false;
  if (/\.m[jt]s$/.test(main)) return true;
  if (/\.c[jt]s$/.test(main)) return false;
  const type = packageType(dirname(resolve(main)));
  return type === 'module' || (type === undefined && looksLikeEsModule(main));
}

/** Newer Nodes take a file for an ES module if it only parses as one; and any file may import one. */
function looksLikeEsModule(main: string): boolean {
  try {
    return /^(?:import|export)\b|\bimport\(/m.test(readFileSync(main, 'utf8'));
  } catch {
    return false; // `node server` without the extension, or nothing there
  }
}

function packageType(folder: string): unknown {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown }).type;
    } catch {
      return undefined; // Node itself will say so
    }
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : packageType(parent);
}
