/**
 * What a server's clients are doing: which connections are open, and whether a new request is answered here
 * (`serve`), waits for the next generation (`hold`), or goes to it: every one (`relay`), or one alone (`lead`).
 *
 * One property on the server instance does it: its own `emit`. The server's listeners, their order and their
 * number are as the app made them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { approach } from '../../../protocol/door-client.ts';
import { answerOf, askedBy, isGone, onGone } from './incoming.ts';
import type { Asked } from './incoming.ts';
import { isSecure } from '../engine/internals.ts';
import type { AnyServer, HttpSocket } from '../engine/internals.ts';
import { LastGet } from './last-get.ts';
import { refuse, relay } from './relay.ts';

type Mode = 'serve' | 'lead' | 'hold' | 'relay';

export interface TrafficEvents {
  /** The number of held requests changed. */
  held(): void;
  /** A connection is gone, or a stream of one. */
  closed(): void;
  /** `listening` and `error` of the server; false keeps the event from the app. */
  lifecycle(event: string, args: readonly unknown[]): boolean;
}

export class Traffic {
  readonly connections = new Set<Socket>();
  /** Where http keeps its state: the TLS socket of a secure server, else the connection itself. */
  readonly httpSockets = new Set<HttpSocket>();
  readonly webSockets = new WeakSet<Socket>();
  readonly http2Sessions = new Map<ServerHttp2Session, Socket | undefined>();
  readonly http2Streams = new Set<ServerHttp2Stream>();
  /** Answers that are not the app's to give: of requests that wait or were passed on. */
  readonly diverted = new WeakSet<object>();
  /** Only if somebody wants to know. */
  private remembered: LastGet | undefined;
  private mode: Mode = 'serve';
  private door: string | undefined;
  /** The place of the one request that goes ahead, until it is taken. */
  private leading: { take(asked: Asked): void; give(): void } | undefined;
  /** Held requests, each with what lets go of it. */
  private readonly waiting = new Map<Asked, () => void>();
  private relaying = 0;
  private latest: Socket | undefined;
  private readonly events: TrafficEvents;
  private readonly pass: (event: string, args: readonly unknown[]) => boolean;

  constructor(server: AnyServer, events: TrafficEvents) {
    this.events = events;
    const emit = server.emit;
    const secure = isSecure(server);
    this.pass = (event, args) => Reflect.apply(emit, server, [event, ...args]) as boolean;
    const value = (...all: [event: string, ...args: unknown[]]): boolean => {
      // The way of every request while nothing is being swapped: as short as can be.
      if (this.mode === 'serve' && all[0] === 'request') {
        this.remembered?.note(all[1] as IncomingMessage, all[2] as ServerResponse);
        return Reflect.apply(emit, server, all) as boolean;
      }
      const [event, ...args] = all;
      return this.emitted(event, args, secure);
    };
    Object.defineProperty(server, 'emit', { value, configurable: true, writable: true });
  }

  get held(): number {
    return this.waiting.size + this.relaying;
  }

  /** Path of the last GET that was answered, from the first call of `remember` on. */
  get lastGet(): string | undefined {
    return this.remembered?.path;
  }

  remember(): void {
    this.remembered ??= new LastGet();
  }

  hold(): void {
    if (this.mode === 'serve') this.mode = 'hold';
  }

  /** Held requests are answered here after all. */
  release(): void {
    this.leading?.give();
    this.mode = 'serve';
    this.door = undefined;
    for (const asked of this.takeWaiting()) this.answer(asked);
  }

  /**
   * The next request goes to the successor behind `door`, all others are answered here until a later call says
   * otherwise. Resolves when its answer begins or its client has gone.
   */
  lead(door: string | undefined): Promise<void> {
    if (this.mode !== 'serve' || door === undefined) return new Promise(() => undefined);
    this.mode = 'lead';
    // Before there is anybody who would wait for that: it is the first time for the successor, too.
    const way = approach(door);
    way.catch(() => undefined); // told to whoever takes it
    return new Promise((resolve) => {
      this.leading = {
        take: (asked) => {
          this.leading = undefined;
          answerOf(asked).once('close', resolve);
          this.hand(door, asked, { way, onAnswer: resolve });
        },
        give: () => {
          this.leading = undefined;
          way.then(
            (socket) => socket.destroy(),
            () => undefined,
          );
        },
      };
    });
  }

  /** One is under way. */
  get isLed(): boolean {
    return this.mode === 'lead' && this.leading === undefined;
  }

  /** Requests go to the successor behind `door`; without one they wait for a later call. */
  relay(door: string | undefined): void {
    this.leading?.give();
    this.mode = 'relay';
    this.door = door;
    if (door === undefined) return;
    for (const asked of this.takeWaiting()) this.hand(door, asked);
  }

  /** Ends the wait of requests that no generation came for. */
  refuse(): void {
    for (const asked of this.takeWaiting()) refuse(asked);
  }

  private emitted(event: string, args: readonly unknown[], secure: boolean): boolean {
    switch (event) {
      case 'request':
        // An HTTP/2 request was decided on as a stream.
        if (!('stream' in (args[0] as object)) && this.diverts(event, args)) return true;
        break;
      case 'checkContinue':
      case 'checkExpectation':
      case 'connect':
        if (!('stream' in (args[0] as object)) && this.diverts(event, args)) return true;
        break;
      case 'stream':
        this.trackStream(args[0] as ServerHttp2Stream);
        if (this.diverts(event, args)) return true;
        break;
      case 'upgrade':
        if (this.diverts(event, args)) return true;
        this.noteUpgrade(args[0] as IncomingMessage);
        break;
      case 'connection':
        this.track(args[0] as Socket, !secure);
        break;
      case 'secureConnection':
        this.track(args[0] as Socket, true);
        break;
      case 'session':
        this.trackSession(args[0] as ServerHttp2Session);
        break;
      case 'listening':
      case 'error':
        if (!this.events.lifecycle(event, args)) return true;
        break;
      default:
    }
    return this.pass(event, args);
  }

  /** True: somebody else's business from here on. */
  private diverts(event: string, args: readonly unknown[]): boolean {
    if (this.mode === 'serve') return false;
    // A connection that is no longer HTTP's lasts: it is not the one to try with.
    if (this.mode === 'lead' && (this.leading === undefined || event !== 'request')) return false;
    const asked = askedBy(event, args);
    this.diverted.add(answerOf(asked));
    if (this.mode === 'lead') this.leading?.take(asked);
    else if (this.mode === 'relay' && this.door !== undefined) this.hand(this.door, asked);
    else this.wait(asked);
    return true;
  }

  /** Here after all. */
  private answer(asked: Asked): void {
    this.diverted.delete(answerOf(asked));
    this.emitted(asked.event, asked.args, false);
  }

  private wait(asked: Asked): void {
    const letGo = onGone(asked, () => {
      this.waiting.delete(asked);
      this.events.held();
    });
    this.waiting.set(asked, letGo);
    this.events.held();
  }

  private takeWaiting(): Asked[] {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [, letGo] of waiting) letGo();
    if (waiting.length > 0) this.events.held();
    return waiting.map(([asked]) => asked).filter((asked) => !isGone(asked));
  }

  private hand(door: string, asked: Asked, lead?: { way: Promise<Socket>; onAnswer: () => void }): void {
    this.relaying += 1;
    const onNobody = (): void => {
      // Nobody behind the door: the successor has a successor, or we are about to hear that it died.
      if (isGone(asked)) return;
      if (this.mode === 'serve' || this.mode === 'lead') this.answer(asked);
      else if (this.door !== undefined && this.door !== door) this.hand(this.door, asked);
      else this.wait(asked);
    };
    relay(lead?.way ?? approach(door), asked, onNobody, lead?.onAnswer)
      .catch(() => undefined) // a client that went in the very moment
      .finally(() => {
        this.relaying -= 1;
        this.events.held();
      });
  }

  private track(socket: Socket, http: boolean): void {
    this.latest = socket;
    this.connections.add(socket);
    if (http) this.httpSockets.add(socket);
    socket.once('close', () => {
      this.connections.delete(socket);
      this.httpSockets.delete(socket);
      this.events.closed();
    });
  }

  /** Emitted while its connection is: a session shows only a stand-in of its socket. */
  private trackSession(session: ServerHttp2Session): void {
    this.http2Sessions.set(session, this.latest);
    session.once('close', () => this.http2Sessions.delete(session));
  }

  private trackStream(stream: ServerHttp2Stream): void {
    if (this.http2Streams.has(stream)) return; // it was held
    this.http2Streams.add(stream);
    stream.once('close', () => {
      this.http2Streams.delete(stream);
      this.events.closed();
    });
  }

  private noteUpgrade(request: IncomingMessage): void {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') this.webSockets.add(request.socket);
  }
}
