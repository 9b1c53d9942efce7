/** A generation's side door, for probes: each connection begins with a line that says who comes; then it is HTTP. */
import { createServer } from 'node:http';
import net from 'node:net';
import type { Target } from './target.ts';

/** A preface is far shorter. */
const mostPreface = 4096;

/** Closes with its generation. Resolves when it is open; without one there is no probe, and all else is as it was. */
export async function openDoor(path: string, target: Target): Promise<void> {
  const http = createServer((request, response) => void target.serve(request, response));
  const door = net.createServer((socket) => {
    let seen = Buffer.alloc(0);
    const read = (piece: Buffer): void => {
      seen = Buffer.concat([seen, piece]);
      const end = seen.indexOf('\n');
      if (end < 0 && seen.length > mostPreface) socket.destroy();
      if (end < 0) return;
      socket.off('data', read);
      socket.pause();
      const rest = seen.subarray(end + 1);
      if (rest.length > 0) socket.unshift(rest);
      http.emit('connection', socket);
      socket.resume();
    };
    socket.on('error', () => undefined); // whoever knocked is gone
    socket.on('data', read);
  });
  door.on('error', () => undefined);
  void target.gone.then(() => door.close());
  await new Promise<void>((resolve) => {
    door.once('error', () => resolve());
    door.listen(path, resolve);
  });
}
