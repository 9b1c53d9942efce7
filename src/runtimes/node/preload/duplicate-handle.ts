/**
 * A second descriptor of a listening socket, so that a generation that stopped accepting can begin again if its
 * successor dies. Node has no dup(2); but a descriptor that is sent over a Unix socket arrives as a new one,
 * and nothing says that the receiver has to be another process.
 */
import { rmSync } from 'node:fs';
import net from 'node:net';
import type { Socket } from 'node:net';
import { ipcInternals } from './internals.ts';
import type { Handle, IpcPipe } from './internals.ts';

/** A closed pipe would close a descriptor that another object believes to have. */
const kept: unknown[] = [];

/** `path`: a free name for a Unix socket, for a moment. `listen`: the original, not ours. */
export async function duplicateHandle(
  handle: Handle,
  path: string,
  listen: net.Server['listen'],
): Promise<Handle> {
  const { Pipe, ipcType, ConnectWrap, WriteWrap } = ipcInternals();
  const sender = new Pipe(ipcType);
  const server = net.createServer({ pauseOnConnect: true });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    listen.call(server, { path }, resolve);
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
  sender.unref();
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
