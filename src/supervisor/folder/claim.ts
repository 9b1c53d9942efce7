/** One supervisor a workspace: the common socket is that of the one who answers at it. */
import { linkSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';

/** Listens under a name of its own, then takes the common one: two that start at once can't both have it. */
export async function claim(server: net.Server, socket: string): Promise<void> {
  const own = `${socket}-${String(process.pid)}`;
  await listening(server, own);
  for (;;) {
    try {
      linkSync(own, socket);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await answers(socket)) process.exit(0);
      rmSync(socket, { force: true }); // left by one that was killed
    }
  }
  const mine = statSync(own).ino;
  rmSync(own);
  process.on('exit', () => {
    try {
      if (statSync(socket).ino === mine) rmSync(socket);
    } catch {
      // gone already
    }
  });
}

function listening(server: net.Server, at: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, resolve);
  });
}

/** Whether a supervisor listens there. */
export function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => {
      resolve(false);
    });
  });
}
