/**
 * Sockets that listen, and on which nobody here accepts: a process of its own binds them, sends them up, and ends before
 * its loop turns. (What Node listens on itself it accepts on, too, and it has no other way to listen.)
 */
import { spawn } from 'node:child_process';
import type { Address } from './address.ts';

/** As Node delivers a raw handle. */
export interface BoundSocket {
  readonly fd: number;
  close(): void;
}

export class BindError extends Error {
  readonly code: string;
  readonly address: Address;

  constructor(code: string, message: string, address: Address) {
    super(message);
    this.code = code;
    this.address = address;
  }
}

const program = `
const net = require('node:net');
const { host, port, path, ipv6Only } = JSON.parse(process.argv[1]);
const server = net.createServer();
const leave = () => setImmediate(() => process.disconnect());
server.on('error', ({ code, message }) => process.send({ code, message }, leave));
server.on('listening', () => {
  process.send({}, server._handle);
  server._handle.close();
  leave();
});
server.listen(path === undefined ? { host, port, ipv6Only, backlog: 511 } : { path, backlog: 511 });
`;

interface Sent {
  readonly code?: string;
  readonly message?: string;
}

/** Rejects with a BindError if one can't be had: none is kept then. */
export async function bind(addresses: readonly Address[]): Promise<readonly BoundSocket[]> {
  const all = await Promise.allSettled(addresses.map(bindOne));
  const bound = all.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const failed = all.find((one) => one.status === 'rejected');
  if (failed === undefined) return bound;
  for (const socket of bound) socket.close();
  throw failed.reason;
}

async function bindOne(address: Address): Promise<BoundSocket> {
  const child = spawn(process.execPath, ['-e', program, JSON.stringify(address)], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return await new Promise((resolve, reject) => {
    child.on('message', ({ code, message = '' }: Sent, handle: unknown) => {
      if (code !== undefined) reject(new BindError(code, message, address));
      else if (handle !== undefined && handle !== null) resolve(handle as BoundSocket);
    });
    child.once('error', reject);
    child.once('close', () => reject(new BindError('EUNKNOWN', 'the socket could not be made', address)));
  });
}
