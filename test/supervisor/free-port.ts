/** A free port below the range from which the system takes ports for outgoing connections. */
import net from 'node:net';

const lowest = 20_000;
const highest = 32_000;
/** Of one process: what another one was told is free may not be listened on yet. */
const share = 100;

const first = lowest + (process.pid % ((highest - lowest) / share)) * share;
let next = Math.floor(Math.random() * share);

export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + (next++ % share);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
