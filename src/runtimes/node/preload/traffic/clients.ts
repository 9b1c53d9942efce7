/** Who is connected to a server, and how far HTTP has come with each: what a drain has to see to its end. */
import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { HttpSocket } from '../engine/internals.ts';

export class Clients {
  readonly connections = new Set<Socket>();
  /** Where http keeps its state: the TLS socket of a secure server, else the connection itself. */
  readonly httpSockets = new Set<HttpSocket>();
  /** With what opened each. */
  readonly webSockets = new WeakMap<Socket, { readonly path: string; readonly at: number }>();
  readonly http2Sessions = new Map<ServerHttp2Session, Socket | undefined>();
  readonly http2Streams = new Set<ServerHttp2Stream>();
  /** When somebody first asked how old they are: nobody notes it of each request. */
  private readonly seen = new WeakMap<object, number>();
  private latest: Socket | undefined;
  private readonly onClosed: () => void;

  /** `onClosed`: a connection is gone, or a stream of one. */
  constructor(onClosed: () => void) {
    this.onClosed = onClosed;
  }

  /** Ever. */
  get haveCome(): boolean {
    return this.latest !== undefined;
  }

  track(socket: Socket, http: boolean): void {
    this.latest = socket;
    this.connections.add(socket);
    if (http) this.httpSockets.add(socket);
    socket.once('close', () => {
      this.connections.delete(socket);
      this.httpSockets.delete(socket);
      this.onClosed();
    });
  }

  /** `connection` carries TLS that the app has made itself; HTTP is on `socket`. */
  speaksThrough(connection: Socket, socket: Socket): void {
    if (this.httpSockets.has(socket)) return;
    this.httpSockets.delete(connection);
    this.httpSockets.add(socket);
    socket.once('close', () => {
      this.httpSockets.delete(socket);
      this.onClosed();
    });
  }

  /** Emitted while its connection is: a session shows only a stand-in of its socket. */
  trackSession(session: ServerHttp2Session): void {
    this.http2Sessions.set(session, this.latest);
    session.once('close', () => this.http2Sessions.delete(session));
  }

  trackStream(stream: ServerHttp2Stream): void {
    if (this.http2Streams.has(stream)) return; // it was held
    this.http2Streams.add(stream);
    stream.once('close', () => {
      this.http2Streams.delete(stream);
      this.onClosed();
    });
  }

  noteUpgrade(request: IncomingMessage): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return;
    this.webSockets.set(request.socket, { path: request.url ?? '', at: performance.now() });
  }

  /** How long (ms) the answer or connection is known to be open. */
  ageOf(what: object): number {
    const now = performance.now();
    const seen = this.seen.get(what) ?? now;
    this.seen.set(what, seen);
    return now - seen;
  }
}

/*
 * Connections that this process has made to itself. Many a server asks itself while it starts, to warm what it has, or to
 * see that it is there: that is no client, and what it gets says nothing of what clients get.
 */

/** Who has asked itself so often does so all the time. */
const mostNoted = 64;

const ownSockets = new WeakSet<Socket>();
/** Of the near end of those that nobody has met at the far end yet. */
const ownPorts = new Set<number>();
let noted = 0;

/** `port`: the near end of a connection to itself. */
export function noteOwnPort(port: number): void {
  if (noted >= mostNoted) return;
  noted += 1;
  ownPorts.add(port);
}

export function noteOwn(socket: Socket): void {
  ownSockets.add(socket);
}

/** The process itself is at the other end. */
export function isOwn(socket: Socket): boolean {
  if (ownPorts.size > 0 && ownPorts.delete(socket.remotePort ?? 0)) ownSockets.add(socket);
  return ownSockets.has(socket);
}
