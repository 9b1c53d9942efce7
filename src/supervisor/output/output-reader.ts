/**
 * Reads what a server prints. One that prints a line for every request would wake the supervisor for every one, at a
 * tenth of what the request itself costs: such a one is read in portions, while the system keeps the rest.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../../shared/clock.ts';

/** Between portions. */
const portionMs = 4;
/** A server that says a few things, as when it boots, is heard at once. */
const few = 8;
/** Whoever prints so much (characters) is read at once: the system keeps 200 KB before its writer has to wait. */
const large = 16 * 1024;

/** As Node's pipes have it. The stream's own `pause` goes on reading until its buffer is full. */
interface Handle {
  readStop?(): void;
  readStart?(): void;
}

/** Returns what makes it read at once from then on: its writer has ended. */
export function readOutput(stream: Readable, clock: Clock, read: (text: string) => void): () => void {
  const handle = (stream as { readonly _handle?: Handle | null })._handle;
  let last = 0;
  let row = 0;
  let waiting: { cancel(): void } | undefined;
  let ended = false;
  const goOn = (): void => {
    waiting?.cancel();
    waiting = undefined;
    if (!stream.destroyed) handle?.readStart?.();
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    read(text);
    const now = clock.now();
    row = now - last > 2 * portionMs ? 0 : row + 1;
    last = now;
    if (ended || waiting !== undefined || row < few || text.length >= large) return;
    handle?.readStop?.();
    waiting = clock.setTimeout(goOn, portionMs);
  });
  return () => {
    ended = true;
    if (waiting !== undefined) goOn();
  };
}
