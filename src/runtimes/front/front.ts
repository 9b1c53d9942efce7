/**
 * The port that clients know, in place of a server that can't take part: what comes there is passed on to the generation
 * that has the route, on a port of its own. A connection outlives generations; each of its requests meets the newest.
 */
import { createServer, ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { isOutside } from './answer.ts';
import { Line } from './direct/line.ts';
import { openDoor } from './door.ts';
import { Route } from './route.ts';
import type { Seat } from './route.ts';
import { Target } from './target.ts';
import type { FromGeneration } from '../protocol/messages.ts';

export interface Opening {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** Path of its side door. */
  readonly door: string;
}

/** As node:http's own: who asks may say that it has nothing more to say before it is answered. */
const halfOpen = { allowHalfOpen: true };

export class Front {
  private readonly route = new Route();
  private readonly http: Server;
  /** One for each address of the port. */
  private readonly servers: net.Server[] = [];
  private readonly sockets = new Set<net.Socket>();

  constructor() {
    // How long a request may take is for the server behind it to say.
    const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 64 * 1024 };
    this.http = createServer(options, (request, response) => void this.answer(request, response));
    this.http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.upgrade(request, socket, head);
    });
  }

  /** Of each of these, that the system has. Rejects if the first can't be had. */
  async listen(port: number, hosts: readonly (string | undefined)[], mixed = false): Promise<void> {
    const [first, ...others] = hosts;
    const take = mixed
      ? (socket: net.Socket) => this.sort(socket)
      : (socket: net.Socket) => this.enter(socket);
    const open = async (host: string | undefined): Promise<void> => {
      const server = net.createServer(halfOpen, (socket) => {
        this.sockets.add(socket);
        socket.on('error', () => undefined); // 'close' follows
        socket.once('close', () => this.sockets.delete(socket));
        take(socket);
      });
      await listening(server, port, host);
      this.servers.push(server);
    };
    await open(first);
    for (const host of others) await open(host).catch(() => undefined);
  }

  /** A generation listens there. */
  async open(opening: Opening, say: (message: FromGeneration) => void): Promise<Seat> {
    const target = new Target(opening.host, opening.port);
    await openDoor(opening.door, target);
    return this.route.seat(target, opening.key, say);
  }

  /** Nobody is let in any more; whoever is in is cut off. */
  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** HTTP/1. What comes from elsewhere is told so, and that a request has to say. */
  private enter(socket: net.Socket): void {
    const isOdd = (): void => void this.http.emit('connection', socket);
    if (isOutside(socket)) isOdd();
    else new Line(socket, { next: (gone) => this.route.next(gone), isOdd });
  }

  /** By its first bytes: HTTP/1, or anything else. */
  private sort(socket: net.Socket): void {
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const head = first.toString('latin1', 0, 24);
      if (/^[A-Z]+(?: |$)/.test(head) && !head.startsWith('PRI * HTTP/2')) {
        this.enter(socket);
        socket.resume();
      } else void this.pass(socket);
    });
  }

  private async pass(socket: net.Socket): Promise<void> {
    const target = await this.route.next(new Promise((resolve) => socket.once('close', resolve)));
    target?.pass(socket);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hungUp = new Promise((resolve) => response.once('close', resolve));
    for (;;) {
      const target = await this.route.next(hungUp);
      if (target === undefined || (await target.serve(request, response)) === 'answered') return;
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      // An offer that may be declined (`h2c`): it is a request like any other, and its connection's last.
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(request.socket);
      response.once('finish', () => socket.end());
      await this.answer(request, response);
      return;
    }
    socket.on('error', () => undefined); // 'close' follows
    const target = await this.route.next(new Promise((resolve) => socket.once('close', resolve)));
    target?.upgrade(request, socket, head);
  }
}

async function listening(
  server: Pick<net.Server, 'listen' | 'once'>,
  port: number,
  host: string | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
}
