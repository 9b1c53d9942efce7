/**
 * Connections of protocols that nobody here knows, where somebody waits for the end of the process: who has got an answer,
 * and then neither says nor hears anything, has no request under way.
 */
import type { Socket } from 'node:net';

const lookEveryMs = 50;
/** After an answer that was seen. */
const answeredMs = 200;
/** Where it was not seen who spoke last. */
const unseenMs = 1000;

interface Seen {
  readonly read: number;
  readonly written: number;
  /** Undefined: it was not seen. */
  readonly owes: boolean | undefined;
  readonly since: number;
}

export class Silence {
  private readonly connections: () => readonly Socket[];
  private readonly seen = new WeakMap<Socket, Seen>();
  private readonly timer: NodeJS.Timeout;

  /** Ends those of `connections` that are silent, from here on. */
  constructor(connections: () => readonly Socket[]) {
    this.connections = connections;
    // What has arrived by then is read first: timers come before the network's turn.
    this.timer = setInterval(() => setImmediate(() => this.look()), lookEveryMs);
    this.look();
  }

  cancel(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    for (const socket of this.connections()) {
      const { bytesRead: read, bytesWritten: written } = socket;
      const before = this.seen.get(socket);
      if (before?.read === read && before.written === written) {
        const patience = before.owes === undefined ? unseenMs : answeredMs;
        if (written > 0 && before.owes !== true && now - before.since >= patience) socket.end();
        continue;
      }
      const owes = before === undefined ? undefined : before.written === written;
      this.seen.set(socket, { read, written, owes, since: now });
    }
  }
}
