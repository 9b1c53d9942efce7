/**
 * HTTP servers that never listen: another one hands them its connections (port multiplexers, `server.emit('connection',
 * socket)`). Node tells of each request before it emits it, and with it of the server.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { isHttp } from '../engine/internals.ts';
import type { AnyServer } from '../engine/internals.ts';
import type { Clients } from './clients.ts';

type Emit = (event: string, args: readonly unknown[]) => boolean;

/** https://nodejs.org/api/diagnostics_channel.html#built-in-channels */
const started = 'http.server.request.start';

/** Of HTTP/1. */
const requests = new Set(['request', 'checkContinue', 'checkExpectation', 'connect', 'upgrade']);

export class HandedOver {
  private readonly servers = new WeakSet<AnyServer>();
  /** Request → how its own server gets it. */
  private readonly ways = new WeakMap<object, Emit>();
  private readonly clients: Clients;
  private readonly diverts: Emit;

  private isWatched: boolean;

  /** Of `server`, with its `clients`; `diverts`: true if a request is somebody else's business from here on. */
  constructor(server: AnyServer, clients: Clients, diverts: Emit) {
    this.isWatched = isHttp(server); // it has nobody to hand anything to
    this.clients = clients;
    this.diverts = diverts;
  }

  /** A client has come. From the first one on it costs a call for each request of the process. */
  watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    subscribe(started, (message) => this.see(message as { socket: Socket; server: AnyServer }));
  }

  /** Undefined if the server that listens got it itself. */
  wayOf(request: unknown): Emit | undefined {
    return this.ways.get(request as object);
  }

  private see({ socket, server }: { socket: Socket; server: AnyServer }): void {
    const connection = this.connectionOf(socket);
    if (connection === undefined) return;
    if (connection !== socket) this.clients.speaksThrough(connection, socket);
    if (this.servers.has(server)) return;
    this.servers.add(server);
    const { emit } = server;
    const pass: Emit = (event, args) => Reflect.apply(emit, server, [event, ...args]) as boolean;
    const value = (event: string, ...args: unknown[]): boolean => {
      if (!requests.has(event)) return pass(event, args);
      this.ways.set(args[0] as object, pass);
      return this.diverts(event, args) || pass(event, args);
    };
    Object.defineProperty(server, 'emit', { value, configurable: true, writable: true });
  }

  /** What was accepted: the socket itself, or what its TLS is on. */
  private connectionOf(socket: Socket): Socket | undefined {
    for (let at: Socket | null | undefined = socket; at; at = (at as { _parent?: Socket | null })._parent)
      if (this.clients.connections.has(at)) return at;
    return undefined;
  }
}
