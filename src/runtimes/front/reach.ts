/** Whether a generation listens at its place: as the system tells it, and else found out by calling. */
import net from 'node:net';
import type { Listening, Subject } from '../attendant.ts';
import type { Place } from './ports.ts';

/** Of one that is given its socket, where the system does not tell whether it accepts: so long after its start (ms). */
const guessMs = 1000;

/** `isPublic`: of one that is given its socket. Undefined: not yet. */
export async function whereServed(
  { port, isServed }: Place,
  subject: Subject,
  isPublic: boolean,
  sinceMs: number,
): Promise<Listening | undefined> {
  if (isServed !== undefined) {
    const served = (await isServed(subject.members())) ?? sinceMs > guessMs;
    return served ? { isPublic, host: '127.0.0.1' } : undefined;
  }
  const found = await subject.listens(port);
  if (found !== null) return found;
  if (await reach('127.0.0.1', port)) return { isPublic: false, host: '127.0.0.1' };
  return (await reach('::1', port)) ? { isPublic: false, host: '::1' } : undefined;
}

export function reach(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
