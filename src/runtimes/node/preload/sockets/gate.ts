/**
 * What keeps clients away from a server that listens as far as its app can see. Only the app's own process comes in: if it
 * asks itself, an older generation must not answer, and one that holds its requests would let it wait for itself.
 */
import net from 'node:net';
import type { Server } from 'node:net';
import { netInternals } from '../engine/internals.ts';
import type { AnyServer, ServerInternals } from '../engine/internals.ts';
import { noteOwn } from '../traffic/clients.ts';

export class Gate {
  private readonly server: AnyServer;
  private readonly letGo: () => void;
  private entrance: Server | undefined;

  /** `keepAlive`: keeps the event loop alive until what it returns is called. */
  constructor(server: AnyServer, keepAlive: () => () => void) {
    this.server = server;
    this.letGo = keepAlive();
  }

  open(): void {
    this.letGo();
    // Connections that the system has made already are accepted in the next turn of the loop.
    setImmediate(() => setImmediate(() => this.entrance?.close()));
  }

  /** The port of 127.0.0.1 at which this process comes in itself; undefined if there can be none. */
  ownEntrance(): number | undefined {
    this.entrance ??= this.openEntrance();
    return (this.entrance?.address() as net.AddressInfo | null | undefined)?.port;
  }

  /** At once: who connects does not wait. */
  private openEntrance(): Server | undefined {
    const handle = netInternals._createServerHandle('127.0.0.1', 0, 4);
    if (typeof handle === 'number') return undefined;
    const { server } = this;
    const address = server.address();
    const { allowHalfOpen, pauseOnConnect } = server as { allowHalfOpen?: boolean; pauseOnConnect?: boolean };
    const entrance = net.createServer({ allowHalfOpen, pauseOnConnect }, (socket) => {
      noteOwn(socket);
      Object.defineProperty(socket, 'server', { value: server, configurable: true, writable: true });
      if (address !== null && typeof address === 'object')
        Object.defineProperty(socket, 'localPort', { value: address.port, configurable: true });
      server.emit('connection', socket);
    }) as ServerInternals;
    entrance.on('error', () => undefined);
    entrance._handle = handle;
    entrance._listen2(null, -1, -1, undefined, undefined);
    return entrance.unref();
  }
}
