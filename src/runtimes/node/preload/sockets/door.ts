/**
 * The side door: a private Unix socket on which this generation answers before, during and after the cutover.
 * Each connection begins with one line that says who the client really is; then it is the client's.
 */
import { rmSync } from 'node:fs';
import net from 'node:net';
import type { Socket } from 'node:net';
import type { DoorPreface } from '../../../protocol/messages.ts';
import { isSecure } from '../engine/internals.ts';
import type { AnyServer } from '../engine/internals.ts';

/** A preface is far shorter; more than this is no preface. */
const maxPreface = 4096;

/** All held requests knock at once; the system may allow fewer. */
const backlog = 4096;

/** Opens the door of `server` at `path`. It never keeps the process alive. */
export function openDoor(server: AnyServer, path: string, listen: AnyServer['listen']): Promise<net.Server> {
  const door = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    readPreface(socket, (preface) => {
      enter(server, socket, preface);
    });
  });
  door.on('error', () => undefined); // without a door there is no relay, but the server is as it was
  return new Promise((resolve, reject) => {
    door.once('error', reject);
    listen.call(door, { path, backlog }, () => {
      resolve(door);
    });
    door.unref();
  });
}

/**
 * Lets nobody in any more, except who has knocked; resolves when the last one has gone. Who comes now finds nobody,
 * and goes to a newer generation.
 */
export async function closeDoor(door: net.Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  // Connections that the system has made already are accepted in the next turn of the loop.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => door.close(() => resolve()));
}

function enter(server: AnyServer, socket: Socket, preface: DoorPreface): void {
  const secure = isSecure(server);
  impersonate(socket, preface, server, secure);
  server.emit(secure ? 'secureConnection' : 'connection', socket);
}

function readPreface(socket: Socket, done: (preface: DoorPreface) => void): void {
  let seen = Buffer.alloc(0);
  const onError = (): void => {
    socket.destroy();
  };
  const onReadable = (): void => {
    for (let piece = socket.read() as Buffer | null; piece !== null; piece = socket.read() as Buffer | null) {
      seen = Buffer.concat([seen, piece]);
      const end = seen.indexOf('\n');
      if (end < 0) {
        if (seen.length > maxPreface) onError();
        continue;
      }
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('end', onError);
      const rest = seen.subarray(end + 1);
      if (rest.length > 0) socket.unshift(rest);
      try {
        done(JSON.parse(seen.toString('utf8', 0, end)) as DoorPreface);
      } catch {
        socket.destroy();
      }
      return;
    }
  };
  socket.on('error', onError);
  socket.on('end', onError); // who came ahead of a client that never did
  socket.on('readable', onReadable);
}

/** Gives the socket the client's address, and what `req.secure` and its like look at. */
function impersonate(socket: Socket, preface: DoorPreface, server: AnyServer, secure: boolean): void {
  const { alpn, ...address } = preface;
  const properties: Record<string, unknown> = { ...address, server };
  if (secure) {
    properties['alpnProtocol'] = alpn ?? 'http/1.1';
    properties['encrypted'] = true;
    properties['authorized'] = false;
    properties['getPeerCertificate'] = () => ({});
  }
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(socket, name, { value, configurable: true, writable: true });
  }
}
