/**
 * A second descriptor of a listening socket, so that a generation that stopped accepting can begin again if its
 * successor dies. Node has no dup(2); but a descriptor that is sent over a Unix socket arrives as a new one,
 * and nothing says that the receiver has to be another process.
 */
import { rmSync } from 'node:fs';
import net from 'node:net';
import type { Socket } from 'node:net';
import { ipcInternals } from '../engine/internals.ts';
import type { Handle, IpcPipe } from '../engine/internals.ts';

/** A copy that takes longer (ms) is done without. */
const patienceMs = 200;
let copies = 0;

/** A closed pipe would close a descriptor that another object believes to have. */
const kept: unknown[] = [];

/**
 * Undefined if there is none in time. A copy is nothing to live for: `ref` it when it is used. `path`: names that begin
 * with it are free for Unix sockets. `listen`: the original, not ours.
 */
export async function duplicateHandle(
  handle: Handle,
  path: string,
  listen: net.Server['listen'],
): Promise<Handle | undefined> {
  const copying = duplicate(handle, `${path}${String(copies++)}`, listen);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs, undefined).unref());
  const copy = await Promise.race([copying, late]).catch(() => undefined);
  if (copy !== undefined) copy.unref();
  else copying.then(close, () => undefined); // when it comes, nobody waits for it
  return copy;
}

function close(handle: Handle): void {
  handle.close();
}

async function duplicate(handle: Handle, path: string, listen: net.Server['listen']): Promise<Handle> {
  const { Pipe, ipcType, ConnectWrap, WriteWrap } = ipcInternals();
  const sender = new Pipe(ipcType);
  sender.unref(); // at once: what is referenced, the app could see among its active resources
  const server = net.createServer({ pauseOnConnect: true }).unref();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    listen.call(server, { path, exclusive: true }, resolve);
  });
  await new Promise<void>((resolve, reject) => {
    const request = new ConnectWrap();
    request.oncomplete = (status) => {
      if (status === 0) resolve();
      else reject(new Error(`libuv error ${String(status)}`));
    };
    sender.connect(request, path);
  });
  const socket = await accepted;
  server.close();
  rmSync(path, { force: true });
  const receiver = new Pipe(ipcType);
  receiver.open((socket as Socket & { readonly _handle: Handle })._handle.fd);
  kept.push(sender, socket, receiver);
  socket.unref();
  const copy = receive(receiver);
  const request = new WriteWrap();
  kept.push(request);
  sender.writeUtf8String(request, '\n', handle);
  return await copy;
}

function receive(pipe: IpcPipe): Promise<Handle> {
  return new Promise((resolve) => {
    pipe.onread = () => {
      const handle = pipe.pendingHandle;
      if (handle === undefined || handle === null) return;
      pipe.pendingHandle = null;
      pipe.readStop();
      resolve(handle);
    };
    pipe.readStart();
    pipe.unref();
  });
}
