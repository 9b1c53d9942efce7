/** How numbers and names are written everywhere a person reads them. */
import type { Cause, DrainProgress } from '../model.ts';

/** `0.6 ms`, `23 ms`, `1.4 s`, `4 min`. */
export function duration(ms: number): string {
  if (ms < 9.95) return `${(Math.round(ms * 10) / 10).toString()} ms`;
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${String(Math.round(ms / 60_000))} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `61 MB`, of bytes. */
export function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}

/** `1 request`, `3 requests`. */
export function count(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** `2 requests, 1 event stream`; empty if there is nothing. */
export function drainText({
  requests,
  eventStreams,
  webSockets,
}: Omit<DrainProgress, 'connections'>): string {
  const parts = [
    [requests, 'request'],
    [eventStreams, 'event stream'],
    [webSockets, 'WebSocket'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, noun]) => count(n, noun))
    .join(', ');
}

/** `server.js saved`, `3 files changed`, `asked for`. `relative` shortens paths for the reader. */
export function causeText(cause: Cause, relative: (file: string) => string): string {
  const [first] = cause.files;
  switch (cause.kind) {
    case 'start':
      return 'first start';
    case 'restart':
      return 'cold restart';
    case 'crash':
      return 'back from a crash';
    case 'command':
      return 'asked for';
    case 'front':
      return 'so that it can be swapped';
    case 'handDown':
      return 'so that what restarts it has its listener';
    case 'save':
    case 'disk': {
      const verb = cause.kind === 'save' ? 'saved' : 'changed';
      if (first === undefined) return verb;
      return cause.files.length === 1
        ? `${relative(first)} ${verb}`
        : `${count(cause.files.length, 'file')} ${verb}`;
    }
  }
}
