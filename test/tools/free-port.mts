/**
 * A free port below the range from which the system takes ports for outgoing connections.
 *
 * What one process was told is free, nobody listens on yet; so that no other one is told the same, each has a block of
 * ports of its own. It holds a block by listening on its first port for as long as it lives.
 */
import { createServer } from 'node:net';
import type { Server } from 'node:net';

const lowest = 20_000;
const highest = 32_000;
const block = 100;
const blocks = (highest - lowest) / block;

let held: Promise<number> | undefined;
let next = 0;

export async function freePort(options: { readonly preferably?: number } = {}): Promise<number> {
  const { preferably } = options;
  if (preferably !== undefined && (await isFree(preferably))) return preferably;
  held ??= holdBlock();
  const first = await held;
  for (;;) {
    const port = first + 1 + (next++ % (block - 1));
    if (await isFree(port)) return port;
  }
}

/** Resolves to whether nobody listens on that port, at any address of this machine. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Resolves to the first port of a block that no other process has. */
async function holdBlock(): Promise<number> {
  for (let tried = 0; tried < blocks; tried++) {
    const first = lowest + ((process.pid + tried) % blocks) * block;
    const server = await listen(first);
    if (server === undefined) continue;
    server.unref();
    return first;
  }
  throw new Error(`No block of ports from ${lowest} to ${highest} is free`);
}

/** Resolves to undefined where that is not possible. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, () => resolve(server));
  });
}
