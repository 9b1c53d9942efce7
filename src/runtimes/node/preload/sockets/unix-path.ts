import { renameSync } from 'node:fs';

/**
 * libuv unlinks a Unix socket's path when the handle that bound it closes, but the listener lives on in the
 * supervisor: it is given another name meanwhile. Connections in those microseconds find no file; only the
 * first generation of a Unix listener has this gap.
 */
export function closeKeepingPath(close: () => void, path: string): void {
  const spare = `${path}.hot-swap`;
  try {
    renameSync(path, spare);
  } catch {
    close(); // somebody has removed it
    return;
  }
  close();
  renameSync(spare, path);
}
