/** A WebSocket through the front: passed on as it is, and told between two frames that its server goes away. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** RFC 6455, 7.4.1 and IANA's registry: "Service Restart". */
const restarts = 1012;
/** A frame without mask: FIN and opcode 8, two bytes of payload. */
const closeFrame = Buffer.from([0x88, 2, restarts >> 8, restarts & 0xff]);
/** For the client's own close frame (ms). */
const answerMs = 500;

export interface Tunnel {
  /** Its server goes away. */
  goodbye(): void;
  end(): void;
}

/** A connection of which nobody here knows what it says, so that it goes on until it ends, or its time is over. */
export class RawTunnel implements Tunnel {
  readonly over: Promise<void>;
  private readonly client: Socket;
  private readonly server: Socket;

  constructor(client: Socket, server: Socket) {
    this.client = client;
    this.server = server;
    const closed = [client, server].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('error', () => undefined); // 'close' follows
          socket.once('close', () => {
            this.end();
            resolve();
          });
        }),
    );
    this.over = Promise.all(closed).then(() => undefined);
    client.pipe(server).pipe(client);
  }

  goodbye(): void {
    // Nobody knows how to say it.
  }

  end(): void {
    this.client.destroy();
    this.server.destroy();
  }
}

export class WebSocketTunnel implements Tunnel {
  private readonly client: Duplex;
  private server: Duplex | undefined;
  private readonly frames = new Frames();
  private isOver = false;

  constructor(client: Duplex) {
    this.client = client;
  }

  joined(server: Duplex): void {
    this.server = server;
    server.on('data', (piece: Buffer) => {
      this.frames.see(piece);
      if (this.isOver) this.say();
    });
  }

  /** Now, or when the frame that is under way has ended. */
  goodbye(): void {
    this.isOver = true;
    if (this.server === undefined) this.client.destroy();
    else this.say();
  }

  end(): void {
    this.client.destroy();
    this.server?.destroy();
  }

  private say(): void {
    if (!this.frames.isBetween) return;
    this.server?.unpipe(this.client);
    this.client.write(closeFrame);
    setTimeout(() => this.end(), answerMs).unref();
  }
}

/** Where frames begin and end (RFC 6455, 5.2). */
export class Frames {
  private head: number[] = [];
  private left = 0;

  get isBetween(): boolean {
    return this.left === 0 && this.head.length === 0;
  }

  see(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.left > 0) {
        const taken = Math.min(this.left, piece.length - at);
        this.left -= taken;
        at += taken;
        continue;
      }
      this.head.push(piece[at] ?? 0);
      at += 1;
      this.left = this.payload() ?? 0;
      if (this.payload() !== undefined) this.head = [];
    }
  }

  /** Undefined: the head is not whole. */
  private payload(): number | undefined {
    const { head } = this;
    const [, second] = head;
    if (second === undefined) return undefined;
    const short = second & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const mask = (second & 0x80) === 0 ? 0 : 4;
    if (head.length < 2 + extended + mask) return undefined;
    return extended === 0 ? short : head.slice(2, 2 + extended).reduce((sum, byte) => sum * 256 + byte, 0);
  }
}
