/** Modules that were to be loaded and are not there: when one appears, that is a change of the app. */
import Module from 'node:module';
import { resolve } from 'node:path';
import type { UsedFiles } from './used-files.ts';

type FindPath = (this: unknown, request: string, paths: unknown, ...others: unknown[]) => string | false;

/** For CommonJS, which tells nobody else where it looks; ES modules have hooks (module-hooks.ts). */
export function watchMissingModules(files: UsedFiles): void {
  const loader = Module as unknown as { _findPath: FindPath };
  const find = loader._findPath;
  loader._findPath = function (...args): string | false {
    const found = Reflect.apply(find, this, args);
    const [request, paths] = args;
    if (found === false && Array.isArray(paths))
      for (const path of paths) if (typeof path === 'string') files.seeks(resolve(path, request), 'needs');
    return found;
  };
}
