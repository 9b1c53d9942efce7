/** The folder in which the servers' V8 keeps what it compiled, kept from growing for ever. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const name = 'compile-cache';
/** Node never removes anything from it. */
const largest = 256 * 1024 * 1024;

export function compileCacheOf(folder: string): string {
  return path.join(folder, name);
}

/** Removes it if it has become too large (bytes). To be called while no server runs. */
export async function boundCompileCache(cache: string, limit = largest): Promise<void> {
  const files = await readdir(cache, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    files.map((file) =>
      stat(path.join(cache, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  if (sizes.reduce((sum, size) => sum + size, 0) > limit) await rm(cache, { recursive: true, force: true });
}
