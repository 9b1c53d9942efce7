/**
 * EADDRINUSE that only we are the cause of: the supervisor and the older generation hold the port, which without us
 * would be free by now.
 */
import type { AnyServer, NormalizedListen } from '../engine/internals.ts';

type ListenError = NodeJS.ErrnoException & { port?: number };

/** Between two attempts (ms) while others let go of the port. */
const againMs = 5;

export interface Port {
  /** It was closed just now: others may take a moment to close it, too. */
  isBeingFreed(): boolean;
  /** Nobody would listen there if it were not for us. */
  isFreeWithoutUs(): boolean;
}

export class TakenPort {
  private readonly server: AnyServer;
  private readonly options: NormalizedListen;
  private readonly listen: AnyServer['listen'];
  private readonly port: Port;
  /** What the app is told if it does not just ask whether the port is free. */
  private untold: ListenError | undefined;

  constructor(server: AnyServer, options: NormalizedListen, listen: AnyServer['listen'], port: Port) {
    this.server = server;
    this.options = options;
    this.listen = listen;
    this.port = port;
  }

  /** True: there is another attempt, and the app is not to hear of this one. */
  hasTaken(error: ListenError): boolean {
    if (error.code !== 'EADDRINUSE' || error === this.untold) return false;
    if (this.port.isBeingFreed()) {
      setTimeout(() => {
        if (this.server._handle === null) this.again(this.options);
      }, againMs);
      return true;
    }
    if (!this.port.isFreeWithoutUs()) return false;
    this.untold = error;
    this.again({ ...this.options, port: 0 });
    return true;
  }

  /**
   * `listening` was emitted. True: on a port that stands in for the wanted one, with all that the host has to say to
   * that. Who asks whether a port is free closes it in that event or soon after; who means it gets the error.
   */
  isStoodInFor(onClosed: () => void): boolean {
    const error = this.untold;
    const handle = this.server._handle;
    if (error === undefined || handle === null) return false;
    const { port } = this.options;
    const { getsockname, close } = handle;
    handle.getsockname = (out) => {
      const result = getsockname?.call(handle, out) ?? 0;
      Object.assign(out, { port: Number(port) });
      return result;
    };
    handle.close = () => {
      close.call(handle);
      onClosed();
    };
    setImmediate(() =>
      setImmediate(() => {
        if (this.server._handle !== handle) return;
        close.call(handle);
        this.server._handle = null;
        this.server.emit('error', error);
      }),
    );
    return true;
  }

  private again(options: NormalizedListen): void {
    Reflect.apply(this.listen, this.server, [options]);
  }
}
