import type { Readable, Writable } from 'node:stream';

/**
 * As `from.pipe(to)`, which asks whether `to` is one of the process's own streams, and so makes those exist in an app
 * that never printed. `last`: what there is to do before the end of `to`.
 */
export function pipeUnseen(from: Readable, to: Writable, last?: () => void): void {
  const end = (): void => {
    last?.();
    to.end();
  };
  if (from.readableEnded) end();
  else from.once('end', end).pipe(to, { end: false });
}
