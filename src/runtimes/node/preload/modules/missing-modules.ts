/** Modules that were to be loaded and are not there, or are behind a link: if that changes, it is a change of the app. */
import Module from 'node:module';
import { extname, resolve } from 'node:path';
import type { UsedFiles } from './used-files.ts';

type FindPath = (this: unknown, request: string, paths: unknown, ...others: unknown[]) => string | false;

/** For CommonJS, which tells nobody else where it looks; ES modules have hooks (module-hooks.ts). */
export function watchMissingModules(files: UsedFiles): void {
  const loader = Module as unknown as { _findPath: FindPath };
  const find = loader._findPath;
  loader._findPath = function (...args): string | false {
    const found = Reflect.apply(find, this, args);
    const [request, paths] = args;
    if (!Array.isArray(paths)) return found;
    if (found !== false) tellLink(files, String(paths[0]), request, found);
    else for (const path of paths) if (typeof path === 'string') files.seeks(resolve(path, request), 'needs');
    return found;
  };
}

/** A file of the app that is somewhere else than where it was asked for: a link led there, and may lead elsewhere. */
function tellLink(files: UsedFiles, folder: string, request: string, found: string): void {
  if (!/^[./]/.test(request)) return;
  const asked = resolve(folder, request);
  if (found.startsWith(asked)) return;
  const ending = extname(found);
  files.reads(asked.endsWith(ending) ? asked : asked + ending);
}
