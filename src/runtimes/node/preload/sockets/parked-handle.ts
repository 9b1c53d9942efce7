/**
 * What a server has instead of its handle once it has stopped accepting: it still "listens", says its address, keeps
 * the process alive, and can be closed without an error, as the app's own shutdown expects; `close` is not emitted when
 * its last connection ends, which the app has not asked for.
 */
import type { Server } from 'node:net';
import type { AnyServer, Handle } from '../engine/internals.ts';

type Address = ReturnType<Server['address']>;

/** `from`: the handle itself, or what the server's `address()` answered. `keepAlive`: until what it returns is called. */
export function parkedHandle(from: Handle | Address, keepAlive: () => () => void): Handle {
  const address = addressOf(from);
  let letGo: (() => void) | undefined;
  const unref = (): void => {
    letGo?.();
    letGo = undefined;
  };
  const ref = (): void => {
    letGo ??= keepAlive();
  };
  if (!isUnreferenced(from)) ref();
  return {
    fd: -1,
    listen: () => 0,
    close: unref,
    ref,
    unref,
    hasRef: () => letGo !== undefined,
    ...(address === undefined
      ? {}
      : {
          getsockname: (out: object): number => {
            Object.assign(out, address);
            return 0;
          },
        }),
  };
}

function isUnreferenced(from: Handle | Address): boolean {
  return from !== null && typeof from === 'object' && 'hasRef' in from && !from.hasRef();
}

function addressOf(from: Handle | Address): object | undefined {
  if (from === null || typeof from === 'string') return undefined; // `address()` answers the path
  if (!('listen' in from)) return from;
  const address = {};
  return from.getsockname?.(address) === 0 ? address : undefined;
}

/** For an app that listens again where a successor does: nobody comes. */
export function pretendToListen(server: AnyServer, address: Address, keepAlive: () => () => void): void {
  server._handle = parkedHandle(address, keepAlive);
  if (typeof address === 'string') server._pipeName = address;
  process.nextTick(() => {
    if (server._handle !== null) server.emit('listening');
  });
}
