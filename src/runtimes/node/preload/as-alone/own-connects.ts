/**
 * Who asks its own port gets an answer of its own, as it would without us: while its listener is gated, it comes in beside
 * the gate.
 */
import { bindingOf } from '../engine/bindings.ts';
import { noteOwnPort } from '../traffic/clients.ts';
import { isOwn } from './early-connects.ts';

interface Named {
  getsockname(out: object): number;
  getpeername(out: object): number;
}
type Connect = (this: Named, request: unknown, address: string, port: number) => number;

/** As far as it matters here: sockets/served-listener.ts. */
export interface OwnListener {
  /** Another process answers. */
  readonly isTaken: boolean;
  readonly gate: { ownEntrance(): number | undefined } | undefined;
}

/** `at`: what of this process listens on that port. */
export function watchOwnConnects(at: (port: number) => OwnListener | undefined): void {
  const { TCP } = (bindingOf('tcp_wrap') ?? {}) as { TCP?: { prototype: Record<string, Connect> } };
  if (TCP === undefined) return;
  for (const [method, loopback] of Object.entries({ connect: '127.0.0.1', connect6: '::ffff:127.0.0.1' })) {
    const original = TCP.prototype[method];
    if (original === undefined) continue;
    TCP.prototype[method] = function (request, address, port) {
      const listener = at(port);
      if (listener === undefined || listener.isTaken || !isOwn(address))
        return original.call(this, request, address, port);
      const entrance = listener.gate?.ownEntrance();
      if (entrance !== undefined) {
        const { getpeername } = this;
        this.getpeername = (out) => {
          const result = getpeername.call(this, out);
          Object.assign(out, { port });
          return result;
        };
        return original.call(this, request, loopback, entrance);
      }
      const result = original.call(this, request, address, port);
      const near: { port?: number } = {};
      if (result === 0 && this.getsockname(near) === 0 && near.port !== undefined) noteOwnPort(near.port);
      return result;
    };
  }
}
