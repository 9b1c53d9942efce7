/**
 * What a server has instead of its handle once it has stopped accepting: it still "listens", says its address,
 * and can be closed without an error, as the app's own shutdown expects; `close` is not emitted when its last
 * connection ends, which the app has not asked for.
 */
import type { Handle } from '../engine/internals.ts';

export function parkedHandle(handle: Handle): Handle {
  const address = {};
  const known = handle.getsockname?.(address) === 0;
  return {
    fd: -1,
    listen: () => 0,
    close: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
    ...(handle.getsockname === undefined
      ? {}
      : {
          getsockname: (out: object): number => {
            Object.assign(out, address);
            return known ? 0 : -1;
          },
        }),
  };
}
