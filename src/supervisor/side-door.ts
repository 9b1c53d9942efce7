/** The supervisor's way through a generation's side door; see DoorPreface in src/runtimes/protocol.ts. */
import net from 'node:net';
import type { DoorPreface } from '../runtimes/protocol.ts';

const self: DoorPreface = { remoteAddress: '127.0.0.1', remoteFamily: 'IPv4' };

export function knockAsProbe(door: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(door);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.write(`${JSON.stringify(self)}\n`);
      resolve(socket);
    });
  });
}
