/** The way in through a side door: see DoorPreface in protocol.ts. */
import net from 'node:net';
import type { Socket } from 'node:net';
import type { DoorPreface } from './protocol.ts';

/** Between two knocks at a busy door (ms). */
const busyMs = 10;

/**
 * Connects to a door and says who the client is. Knocks as long as somebody is behind the door but too busy to open,
 * `patienceMs` at most; throws if nobody is.
 */
export async function knock(door: string, client: DoorPreface, patienceMs = Infinity): Promise<Socket> {
  const socket = await connect(door, performance.now() + patienceMs);
  socket.write(`${JSON.stringify(client)}\n`);
  return socket;
}

async function connect(door: string, until: number): Promise<Socket> {
  for (;;) {
    try {
      return await connectOnce(door);
    } catch (error) {
      // unix(7): the backlog of the listening socket is full.
      const busy = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!busy || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, busyMs));
    }
  }
}

function connectOnce(door: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(door);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
