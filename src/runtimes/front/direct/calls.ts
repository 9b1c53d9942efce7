/** Connections to a generation behind the front, kept for the next request. */
import net from 'node:net';

export interface Caller {
  /** A piece of the answer. */
  hears(piece: Buffer): void;
  /** It has ended, or failed. */
  ended(error?: Error): void;
}

/** One connection. */
export class Call {
  /** It has been used before: whoever is called may be about to close it. */
  isKept = false;
  caller: Caller | undefined;
  readonly socket: net.Socket;
  private error: Error | undefined;

  constructor(address: { readonly host: string; readonly port: number }, over: (call: Call) => void) {
    this.socket = net.connect({ ...address, noDelay: true });
    this.socket.on('data', (piece: Buffer) => {
      // Nobody has asked for it.
      if (this.caller === undefined) this.socket.destroy();
      else this.caller.hears(piece);
    });
    this.socket.on('error', (error) => (this.error = error));
    this.socket.once('close', () => {
      over(this);
      this.caller?.ended(this.error);
    });
  }
}

export class Calls {
  private readonly address: { readonly host: string; readonly port: number };
  /** The one that was used last, last: the others may be closed by whoever is called, for want of use. */
  private readonly idle: Call[] = [];
  private isClosed = false;

  constructor(address: { readonly host: string; readonly port: number }) {
    this.address = address;
  }

  take(caller: Caller, isFresh: boolean): Call {
    const call = (isFresh ? undefined : this.idle.pop()) ?? this.open();
    call.caller = caller;
    return call;
  }

  /** Its answer is whole, and another may come on it. */
  leave(call: Call): void {
    call.caller = undefined;
    call.isKept = true;
    if (this.isClosed) call.socket.destroy();
    else this.idle.push(call);
  }

  /** None is kept any more; those in use go on. */
  close(): void {
    this.isClosed = true;
    for (const { socket } of this.idle.splice(0)) socket.destroy();
  }

  reopen(): void {
    this.isClosed = false;
  }

  private open(): Call {
    return new Call(this.address, (call) => {
      const at = this.idle.indexOf(call);
      if (at >= 0) this.idle.splice(at, 1);
    });
  }
}
