/**
 * What a server's clients are doing: which connections are open, and whether a new request is answered here
 * (`serve`), waits for the next generation (`hold`), or goes to it (`relay`).
 *
 * One property on the server instance does it: its own `emit`. The server's listeners, their order and their
 * number are as the app made them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { AnyServer, HttpSocket } from './internals.ts';
import { abandon, knock, relayRaw, relayRequest } from './relay.ts';

/** An event of http.Server that asks for an answer: request, checkContinue, upgrade, connect… */
interface Asked {
  readonly event: string;
  readonly args: readonly unknown[];
  readonly request: IncomingMessage;
}

type Mode = 'serve' | 'hold' | 'relay';

export interface TrafficEvents {
  /** The number of held requests changed. */
  held(): void;
  /** A connection is gone. */
  closed(): void;
  /** `listening`, `error`, `close` of the server; false keeps the event from the app. */
  lifecycle(event: string, args: readonly unknown[]): boolean;
}

export class Traffic {
  readonly connections = new Set<Socket>();
  /** Where http keeps its state: the TLS socket of a secure server, else the connection itself. */
  readonly httpSockets = new Set<HttpSocket>();
  readonly webSockets = new WeakSet<Socket>();
  readonly http2Sessions = new Set<{ close(): void }>();
  private mode: Mode = 'serve';
  private door: string | undefined;
  private waiting: Asked[] = [];
  private relaying = 0;
  private readonly server: AnyServer;
  private readonly events: TrafficEvents;
  private readonly pass: (event: string, args: readonly unknown[]) => boolean;

  constructor(server: AnyServer, events: TrafficEvents) {
    this.server = server;
    this.events = events;
    const emit = server.emit;
    this.pass = (event, args) => Reflect.apply(emit, server, [event, ...args]) as boolean;
    const secure = server instanceof tls.Server;
    server.emit = (event: string, ...args: unknown[]): boolean => {
      switch (event) {
        case 'request':
        case 'checkContinue':
        case 'checkExpectation':
        case 'upgrade':
        case 'connect':
          if (this.mode !== 'serve') return this.divert({ event, args, request: args[0] as IncomingMessage });
          if (event === 'upgrade') this.noteUpgrade(args[0] as IncomingMessage);
          break;
        case 'connection':
          this.track(args[0] as Socket, !secure);
          break;
        case 'secureConnection':
          this.track(args[0] as Socket, true);
          break;
        case 'session':
          this.http2Sessions.add(args[0] as { close(): void });
          break;
        case 'listening':
        case 'error':
        case 'close':
          if (!events.lifecycle(event, args)) return true;
          break;
        default:
      }
      return this.pass(event, args);
    };
  }

  get held(): number {
    return this.waiting.filter((asked) => !asked.request.destroyed).length + this.relaying;
  }

  hold(): void {
    if (this.mode === 'serve') this.mode = 'hold';
  }

  /** Held requests are answered here after all. */
  release(): void {
    this.mode = 'serve';
    this.door = undefined;
    for (const asked of this.takeWaiting()) {
      if (asked.event === 'upgrade') this.noteUpgrade(asked.request);
      this.pass(asked.event, asked.args);
    }
  }

  /** Requests go to the successor behind `door`; without one they wait for a later call. */
  relay(door: string | undefined): void {
    this.mode = 'relay';
    this.door = door;
    if (door === undefined) return;
    for (const asked of this.takeWaiting()) this.hand(door, asked);
  }

  /** Ends the wait of requests that no generation came for. */
  refuse(): void {
    for (const asked of this.takeWaiting()) {
      if (isResponse(asked.args[1])) abandon(asked.args[1]);
      else (asked.args[1] as Socket).destroy();
    }
  }

  private divert(asked: Asked): boolean {
    if (this.mode === 'relay' && this.door !== undefined) this.hand(this.door, asked);
    else this.wait(asked);
    return true;
  }

  private wait(asked: Asked): void {
    this.waiting.push(asked);
    this.events.held();
  }

  private takeWaiting(): Asked[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting.filter((asked) => !asked.request.destroyed);
  }

  private hand(door: string, asked: Asked): void {
    this.relaying += 1;
    knock(door, asked.request.socket)
      .then(
        (socket) => {
          const [, target, head] = asked.args;
          if (isResponse(target)) {
            relayRequest(socket, asked.request, target, asked.event !== 'request');
          } else {
            relayRaw(socket, asked.request, target as Socket, head as Buffer);
          }
        },
        () => {
          // Nobody behind the door: the successor has a successor, or we are about to hear that it died.
          if (this.mode === 'serve') this.pass(asked.event, asked.args);
          else if (this.door !== undefined && this.door !== door) this.hand(this.door, asked);
          else this.wait(asked);
        },
      )
      .finally(() => {
        this.relaying -= 1;
      });
  }

  private track(socket: Socket, http: boolean): void {
    this.connections.add(socket);
    if (http) this.httpSockets.add(socket);
    socket.once('close', () => {
      this.connections.delete(socket);
      this.httpSockets.delete(socket);
      this.events.closed();
    });
  }

  private noteUpgrade(request: IncomingMessage): void {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') this.webSockets.add(request.socket);
  }
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof value === 'object' && value !== null && 'writeHead' in value;
}
