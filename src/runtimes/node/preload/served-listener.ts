/**
 * One server of the app on one listener: bound by itself, or adopted from the generation before. An adopted one
 * is gated: to the app it listens (`listening` fires, `address()` answers), but it accepts only after `accept`.
 */
import { linkSync, renameSync } from 'node:fs';
import tls from 'node:tls';
import { openDoor } from './door.ts';
import { netInternals } from './internals.ts';
import type { AnyServer, Handle, NormalizedListen } from './internals.ts';
import type { Participant } from './participant.ts';
import { sendHandle } from './send-handle.ts';
import { Traffic } from './traffic.ts';

type Listen = AnyServer['listen'];

export class ServedListener {
  readonly key: string;
  readonly traffic: Traffic;
  private readonly server: AnyServer;
  private readonly participant: Participant;
  private readonly listen: Listen;
  private readonly options: NormalizedListen;
  private readonly door: string;
  private handle: Handle | undefined;
  private gate: (() => void) | undefined;
  private bound = false;
  private stopped = false;
  private swallowListening = false;

  constructor(
    server: AnyServer,
    key: string,
    options: NormalizedListen,
    participant: Participant,
    listen: Listen,
  ) {
    this.server = server;
    this.key = key;
    this.options = options;
    this.participant = participant;
    this.listen = listen;
    this.door = participant.doorPath();
    this.traffic = new Traffic(server, {
      held: participant.reportHeld,
      closed: participant.connectionClosed,
      lifecycle: (event, args) => this.lifecycle(event, args),
    });
  }

  /** Where clients reach it. */
  describe(): { door: string; tls: boolean; address?: string; port?: number; path?: string } {
    const address = this.server.address();
    const common = { door: this.door, tls: this.server instanceof tls.Server };
    if (this.key.startsWith('unix:')) return { ...common, path: this.key.slice('unix:'.length) };
    if (address === null || typeof address === 'string') return common;
    return { ...common, address: address.address, port: address.port };
  }

  /** False if the descriptor is no good: the app then binds by itself. */
  adopt(fd: number): boolean {
    const handle = netInternals._createServerHandle(null, 0, -1, fd);
    if (typeof handle === 'number') return false;
    this.handle = handle;
    this.server._handle = handle;
    this.gate = this.participant.keepAlive();
    this.options.signal?.addEventListener('abort', () => this.server.close());
    process.nextTick(() => {
      if (this.server._handle !== null) this.server.emit('listening');
    });
    this.open(true);
    return true;
  }

  /** Opens the gate. */
  accept(): void {
    if (this.gate === undefined || this.handle === undefined) return;
    this.gate();
    this.gate = undefined;
    this.startAccepting(this.handle);
  }

  /** Connections that come from now on wait in the kernel's backlog for the next generation. */
  stopAccepting(): void {
    this.stopped = true;
    this.gate?.();
    this.gate = undefined;
    const handle = this.handle;
    this.handle = undefined;
    if (handle === undefined) return;
    if (this.server._handle === handle) this.server._handle = null;
    if (this.bound && this.key.startsWith('unix:')) closeKeepingPath(handle, this.key.slice('unix:'.length));
    else handle.close();
  }

  /** Not possible once the descriptor is closed. */
  resume(): boolean {
    return !this.stopped;
  }

  private startAccepting(handle: Handle): void {
    if (this.server._handle === handle) {
      this.swallowListening = true;
      this.server._listen2(null, -1, -1, this.options.backlog, undefined);
    } else {
      // A cluster's primary took the handle over and distributes from it.
      handle.listen(this.options.backlog ?? 511);
    }
  }

  private lifecycle(event: string, args: readonly unknown[]): boolean {
    if (event === 'listening') {
      if (this.swallowListening) {
        this.swallowListening = false;
        return false;
      }
      if (this.handle === undefined && this.server._handle !== null) this.bindByItself(this.server._handle);
    } else if (event === 'error') {
      const error = args[0] as NodeJS.ErrnoException;
      if (error.syscall === 'listen') this.participant.listenFailed(this.key, error);
    } else if (!this.stopped) {
      this.gate?.();
      this.participant.remove(this);
    }
    return true;
  }

  private bindByItself(handle: Handle): void {
    this.handle = handle;
    this.bound = true;
    const { handles, token } = this.participant.invitation;
    sendHandle(handles, { key: this.key, token }, handle).then(
      () => {
        this.open(false);
      },
      (error: unknown) => {
        this.participant.listenFailed(this.key, error as NodeJS.ErrnoException);
      },
    );
  }

  private open(adopted: boolean): void {
    openDoor(this.server, this.door, this.listen).then(
      () => {
        this.participant.announce(this, adopted);
      },
      (error: unknown) => {
        this.participant.listenFailed(this.key, error as NodeJS.ErrnoException);
      },
    );
  }
}

/**
 * libuv unlinks a Unix socket's path when the handle that bound it closes, but the listener lives on in the
 * supervisor: its name is put back. Connections in those microseconds find no file; only the first generation
 * of a Unix listener has this gap.
 */
function closeKeepingPath(handle: Handle, path: string): void {
  const spare = `${path}.hot-swap`;
  linkSync(path, spare);
  handle.close();
  renameSync(spare, path);
}
