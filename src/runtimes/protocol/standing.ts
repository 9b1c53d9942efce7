/** What of all that a generation was told still holds, for a process of it that comes later. */
import type { ToGeneration } from './messages.ts';

/** Whether it is let in at once. */
export function acceptsAfter(before: boolean, { type }: ToGeneration): boolean {
  if (type === 'accept' || type === 'resume') return true;
  return before && type !== 'stop' && type !== 'vacate' && type !== 'retire';
}

/** A cluster forks a worker for each that has ended, also where all have stopped, or were told to leave. */
export function standingAfter(
  before: ToGeneration | undefined,
  message: ToGeneration,
): ToGeneration | undefined {
  switch (message.type) {
    case 'hold':
      return before?.type === 'stop' ? before : message;
    case 'vacate':
    case 'retire':
      return message;
    case 'stop':
      return { ...message, canary: false };
    case 'relay':
      return before?.type === 'stop' ? { ...before, successor: message.successor } : before;
    case 'release':
    case 'resume':
      return undefined;
    default:
      return before;
  }
}
