/** The way in through a side door: see DoorPreface in messages.ts. */
import net from 'node:net';
import type { Socket } from 'node:net';
import type { DoorPreface } from './messages.ts';

/** Between two knocks at a busy door (ms). */
const busyMs = 10;

/** How many knock at a door at once; the others wait behind them. */
const crowd = 128;

/** unix(7): the backlog of the listening socket is full. The others: we have no descriptor left just now. */
const busy = new Set(['EAGAIN', 'EMFILE', 'ENFILE']);

/** By door, what lets the next one knock. */
const lines = new Map<string, { knocking: number; readonly next: (() => void)[] }>();

/** Connects to a door and says who the client is; see `approach`. */
export async function knock(door: string, client: DoorPreface, patienceMs?: number): Promise<Socket> {
  return introduce(await approach(door, patienceMs), client);
}

/** What comes after it is the client's. */
export function introduce(socket: Socket, client: DoorPreface): Socket {
  socket.write(`${JSON.stringify(client)}\n`);
  return socket;
}

/**
 * Connects to a door for a client yet to come. Tries as long as somebody is behind the door but too busy to open,
 * `patienceMs` at most; throws if nobody is.
 */
export async function approach(door: string, patienceMs = Infinity): Promise<Socket> {
  // Not of `performance`: where nobody has used it, loading it takes a millisecond.
  const until = Date.now() + patienceMs;
  await standInLine(door);
  try {
    return await connect(door, until);
  } finally {
    leaveLine(door);
  }
}

async function connect(door: string, until: number): Promise<Socket> {
  for (;;) {
    try {
      return await connectOnce(door);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!busy.has(code) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, busyMs));
    }
  }
}

function connectOnce(door: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(door);
    // It stays: what breaks before there is a client must not be the app's uncaught error.
    socket.once('error', reject);
    socket.once('connect', () => {
      resolve(socket);
    });
  });
}

async function standInLine(door: string): Promise<void> {
  const line = lines.get(door) ?? { knocking: 0, next: [] };
  lines.set(door, line);
  if (line.knocking < crowd) line.knocking += 1;
  else await new Promise<void>((resolve) => line.next.push(resolve)); // takes the place of who leaves
}

function leaveLine(door: string): void {
  const line = lines.get(door);
  if (line === undefined) return;
  const next = line.next.shift();
  if (next !== undefined) next();
  else if ((line.knocking -= 1) === 0) lines.delete(door);
}
