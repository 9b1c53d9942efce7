/** Lets V8 keep what it compiled, so that a cold boot is a little less cold. Node 22.1 and later. */
import { sep } from './paths.ts';

interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

/** Not for tools, which have a cache of their own if they want one, and not where the user has decided. */
export function useCompileCache(folder: string | undefined): void {
  if (folder === undefined) return;
  const main = process.argv[1];
  if (main === undefined || main.includes(`${sep}node_modules${sep}`)) return;
  if ('NODE_COMPILE_CACHE' in process.env || 'NODE_DISABLE_COMPILE_CACHE' in process.env) return;
  (require('node:module') as CompileCache).enableCompileCache?.(folder);
}
