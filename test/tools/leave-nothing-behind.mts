/** Whatever way this process ends, the process groups and folders it made for itself go with it. */
import { rmSync } from 'node:fs';

const cleanups = new Set<() => void>();

/**
 * Runs `cleanup` (which can't wait for anything) when this process ends, by a signal too; only SIGKILL is beyond us.
 * Call the result once there is nothing left to clean up.
 */
export function atTheEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) watchForTheEnd();
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}

/** With retries: a process that was just killed may still be writing its last file. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

let watching = false;

function watchForTheEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => cleanups.forEach((cleanup) => cleanup()));
  // A signal nobody listens to would end us without an 'exit' event. Others who listen decide for themselves.
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(codes[signal]);
    });
  }
}
