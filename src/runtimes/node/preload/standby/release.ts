/** How one that stands by waits until it is released, and ends where nobody will. */
import { readSync } from 'node:fs';
import { parseMessage, splitLines } from '../../../protocol/lines.ts';
import type { StandbyRelease } from '../../../protocol/standby.ts';
import { pause } from '../engine/pause.ts';

/** Between looks at a descriptor that does not block (ms). */
const lookMs = 1;

/** Blocks in read(2): no turn of the event loop, so nothing that was loaded notices that time passes. */
export function untilReleased(fd: number, end: () => never): StandbyRelease {
  const piece = Buffer.alloc(256);
  let release: StandbyRelease | undefined;
  const read = splitLines((line) => {
    const message = parseMessage(line);
    if (message?.type === 'go') release = message as StandbyRelease;
  });
  while (release === undefined) {
    const length = readSome(fd, piece);
    if (length === 0) end(); // the supervisor is gone, or has no use for us
    if (length > 0) read(piece.toString('utf8', 0, length));
  }
  return release;
}

/** Nothing has come of it. */
export const endUnused = (): never => process.exit(0);

/** What the app does at its end is not to be done. */
export const endUnheard = (): never => {
  process.kill(process.pid, 'SIGKILL');
  return endUnused();
};

/** Bytes read; -1: none yet. */
function readSome(fd: number, piece: Buffer): number {
  try {
    return readSync(fd, piece);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') pause(lookMs);
    else if (code !== 'EINTR') return 0;
    return -1;
  }
}
