/**
 * Sends a listening socket up to the supervisor over the inherited IPC descriptor, in the framing of Node's
 * own `subprocess.send(message, handle)`. Write-only and one message a listener, so that every process of a
 * generation may hold the descriptor and none has to read it.
 */
import { ipcInternals } from '../engine/internals.ts';
import type { Handle } from '../engine/internals.ts';

export function sendHandle(fd: number, message: object, handle: Handle): Promise<void> {
  const { Pipe, ipcType, WriteWrap } = ipcInternals();
  return new Promise((resolve, reject) => {
    const pipe = new Pipe(ipcType);
    const fail = (code: number): void => {
      reject(new Error(`can't send the listening socket: libuv error ${String(code)}`));
    };
    const opened = pipe.open(fd);
    if (opened !== 0) {
      fail(opened);
      return;
    }
    pipe.unref();
    const request = new WriteWrap();
    request.oncomplete = (status) => {
      if (status === 0) resolve();
      else fail(status);
    };
    const text = `${JSON.stringify({ cmd: 'NODE_HANDLE', type: 'net.Native', msg: message })}\n`;
    const written = pipe.writeUtf8String(request, text, handle);
    if (written !== 0) fail(written);
    held.push(pipe, request);
  });
}

/** A pipe that is collected closes its descriptor. */
const held: unknown[] = [];
