/** The parts of Node's loader for CommonJS that its types do not have. The same in Node 20, 22, 24 and 26. */
import NodeModule from 'node:module';
import { basename } from '../engine/paths.ts';

export type Load = (request: string, parent: NodeJS.Module, isMain: boolean) => unknown;

export interface Loader {
  _load: Load;
  readonly _cache: Record<string, NodeJS.Module | undefined>;
  readonly _extensions: Record<string, ((module: NodeJS.Module, file: string) => void) | undefined>;
  _resolveFilename(request: string, parent: NodeJS.Module): string;
  _nodeModulePaths(folder: string): string[];
  readonly prototype: { _compile: (...args: unknown[]) => unknown; load: unknown; require: unknown };
  new (id: string): NodeJS.Module & { _compile?: unknown };
}

export const loader = NodeModule as unknown as Loader;
const plainJson = loader._extensions['.json'];

/** All that a module goes through: whoever replaces one of these may load other things from then on. */
export function steps(): readonly unknown[] {
  const { prototype, _extensions, _load, _resolveFilename, _cache } = loader;
  const { _compile, load, require } = prototype;
  return [_load, _resolveFilename, _cache, _compile, load, require, ...Object.values(_extensions)];
}

/** Which of the extensions a file has, as Node finds it. */
export function extensionOf(file: string): string {
  const name = basename(file);
  for (let at = name.indexOf('.', 1); at >= 0; at = name.indexOf('.', at + 1)) {
    const extension = name.slice(at);
    if (loader._extensions[extension] !== undefined) return extension;
  }
  return '.js';
}

/** Nobody but Node reads it. */
export function isPlainJson(extension: string): boolean {
  return extension === '.json' && loader._extensions['.json'] === plainJson;
}

/** They print nothing when they are loaded. */
const quiet: ReadonlySet<string> = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dns events fs fs/promises http http2 https ' +
    'module net os path path/posix perf_hooks process querystring readline stream stream/promises string_decoder timers ' +
    'timers/promises tls tty url util util/types v8 vm worker_threads zlib'
  ).split(' '),
);

/** Undefined: it is none of Node's. False: to load it may be seen. */
export function isQuietBuiltin(request: string): boolean | undefined {
  if (!NodeModule.isBuiltin(request)) return undefined;
  return quiet.has(request.replace(/^node:/, ''));
}
