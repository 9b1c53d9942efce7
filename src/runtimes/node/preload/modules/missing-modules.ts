/** Modules that were to be loaded and are not there, or are behind a link: if that changes, it is a change of the app. */
import Module from 'node:module';
import { extname, join, resolve } from '../engine/paths.ts';
import type { UsedFiles } from './used-files.ts';

type FindPath = (this: unknown, request: string, paths: unknown, ...others: unknown[]) => string | false;

/** For CommonJS, which tells nobody else where it looks; ES modules have hooks (module-hooks.ts). */
export function watchMissingModules(files: UsedFiles): void {
  const loader = Module as unknown as { _findPath: FindPath };
  const find = loader._findPath;
  loader._findPath = function (...args): string | false {
    const found = Reflect.apply(find, this, args);
    const [request, given] = args;
    if (!Array.isArray(given)) return found;
    const paths = given.filter((path) => typeof path === 'string');
    const bases = paths.map((path) => resolve(path, request));
    if (found === false) for (const base of bases) files.seeks(base, 'needs');
    else tellLink(files, String(paths[0]), request, found);
    if (files.looksFor !== undefined) {
      const isFile = /^\.{0,2}[\\/]/.test(request);
      // A package comes with a lockfile.
      if (found === false || isFile)
        for (const base of bases) files.looksFor(namesBefore(found, base), found);
    }
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

/** By what names a file would have been taken for the module in place of the one that was, if any was. */
function namesBefore(found: string | false, base: string): string[] {
  const { _extensions } = Module as unknown as { readonly _extensions: object };
  const names = [base, ...Object.keys(_extensions).map((extension) => base + extension)];
  const at = found === false ? -1 : names.indexOf(found);
  return at < 0 ? [...names, join(base, 'package.json')] : names.slice(0, at);
}
