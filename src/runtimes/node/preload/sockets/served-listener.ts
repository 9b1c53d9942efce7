/**
 * One server of the app on one listener: bound by itself, or adopted from the generation before. An adopted one
 * is gated: to the app it listens (`listening` fires, `address()` answers), but it accepts only after `accept`.
 */
import cluster from 'node:cluster';
import type { Server } from 'node:net';
import type { Invitation } from '../../../protocol/messages.ts';
import { closeDoor, openDoor } from './door.ts';
import { duplicateHandle } from './duplicate-handle.ts';
import { isSecure, netInternals } from '../engine/internals.ts';
import type { AnyServer, Handle, NormalizedListen } from '../engine/internals.ts';
import { parkedHandle } from './parked-handle.ts';
import { sendHandle } from './send-handle.ts';
import { Traffic } from '../traffic/traffic.ts';
import { closeKeepingPath } from './unix-path.ts';

type Listen = AnyServer['listen'];

/** The process that it is a part of. */
export interface ListenerHost {
  readonly invitation: Invitation;
  /** For a new side door. */
  doorPath(): string;
  /** Keeps the event loop alive until the returned function is called. */
  keepAlive(): () => void;
  /** It is in place: gated if `adopted`, else accepting. */
  announce(listener: ServedListener, adopted: boolean): void;
  /** It may try again, there or elsewhere. */
  listenFailed(listener: ServedListener, error: NodeJS.ErrnoException & { port?: number }): void;
  /** The app closed it: the port must be free again. */
  remove(listener: ServedListener): void;
  /** The number of its held requests changed. */
  reportHeld(): void;
  connectionClosed(): void;
}

export class ServedListener {
  readonly key: string;
  readonly traffic: Traffic;
  /** A worker of a cluster: the listening socket is its primary's, the clients are its own. */
  readonly shared: boolean;
  private readonly server: AnyServer;
  private readonly host: ListenerHost;
  private readonly listen: Listen;
  private readonly options: NormalizedListen;
  private readonly door: string;
  /** The door, once it is open. */
  private visited: Server | undefined;
  private handle: Handle | undefined;
  /** To accept on again, should the successor die. */
  private spare: Handle | undefined;
  private copying: Promise<void> | undefined;
  private gate: (() => void) | undefined;
  private closeHandle: (() => void) | undefined;
  private address: ReturnType<AnyServer['address']> = null;
  private bound = false;
  private stopped = false;
  /** The app closed its server, or could not listen: it is no concern of ours any more. */
  private over = false;
  private swallowListening = false;

  constructor(server: AnyServer, key: string, options: NormalizedListen, host: ListenerHost, listen: Listen) {
    this.server = server;
    this.key = key;
    this.options = options;
    this.host = host;
    this.listen = listen;
    this.shared = cluster.isWorker && options.exclusive !== true;
    this.door = host.doorPath();
    this.traffic = new Traffic(server, {
      held: () => host.reportHeld(),
      closed: () => host.connectionClosed(),
      lifecycle: (event, args) => this.lifecycle(event, args),
    });
  }

  /** Where clients reach it. */
  describe(): { door: string; tls: boolean; address?: string; port?: number; path?: string } {
    const { address } = this;
    const common = { door: this.door, tls: isSecure(this.server) };
    if (this.key.startsWith('unix:/')) return { ...common, path: this.key.slice('unix:'.length) };
    if (address === null || typeof address === 'string') return common;
    return { ...common, address: address.address, port: address.port };
  }

  /** False if the descriptor is no good: the app then binds by itself. */
  adopt(fd: number): boolean {
    const handle = netInternals._createServerHandle(null, 0, -1, fd);
    if (typeof handle === 'number') return false;
    this.server._handle = handle;
    if (this.options.path !== undefined) this.server._pipeName = this.options.path;
    this.own(handle);
    this.gate = this.host.keepAlive();
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

  /** Makes `resume` possible; the earlier, the shorter the stop. It still accepts meanwhile. */
  prepareStop(): Promise<void> {
    this.copying ??= this.copy().finally(() => {
      if (this.spare === undefined) this.copying = undefined; // the next call tries again
    });
    return this.copying;
  }

  /** Connections that come from now on wait in the kernel's backlog for the next generation. */
  stopAccepting(): void {
    this.stopped = true;
    this.gate?.();
    this.gate = undefined;
    const { handle, closeHandle } = this;
    if (handle === undefined || closeHandle === undefined) return;
    this.handle = undefined;
    if (this.server._handle === handle) this.server._handle = parkedHandle(handle);
    const path = this.key.startsWith('unix:/') ? this.key.slice('unix:'.length) : undefined;
    if (this.bound && path !== undefined) closeKeepingPath(closeHandle, path);
    else closeHandle();
  }

  /** Accepts again after `stopAccepting`; false if that is not possible. */
  resume(): boolean {
    const handle = this.spare;
    if (handle === undefined) return !this.stopped;
    handle.ref();
    this.spare = undefined;
    this.copying = undefined;
    this.stopped = false;
    this.bound = false; // the copy has no path to unlink
    this.server._handle = handle;
    this.own(handle);
    this.startAccepting(handle);
    this.traffic.release();
    return true;
  }

  private async copy(): Promise<void> {
    if (this.handle === undefined || this.gate !== undefined) return;
    this.spare = await duplicateHandle(this.handle, `${this.door}-copy`, this.listen);
    if (this.over) this.dropSpare();
  }

  /** The port must be free when the app closes its server. */
  private dropSpare(): void {
    this.spare?.close();
    this.spare = undefined;
  }

  /** Resolves when everybody who came through the side door has gone. */
  async closeDoor(): Promise<void> {
    if (this.visited !== undefined) await closeDoor(this.visited, this.door);
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
    if (this.over) return true;
    if (event === 'error') {
      const error = args[0] as NodeJS.ErrnoException;
      if (this.handle === undefined && !this.stopped) {
        this.over = true;
        this.host.listenFailed(this, error);
      }
    } else if (this.swallowListening) {
      this.swallowListening = false;
      return false;
    } else if (this.handle === undefined && this.server._handle !== null) {
      if (this.shared) this.share();
      else this.bindByItself(this.server._handle);
    }
    return true;
  }

  /** From here on the app's `close` is heard at once; the event of that name waits for the last connection. */
  private own(handle: Handle): void {
    this.handle = handle;
    this.address = this.server.address();
    const close = handle.close;
    this.closeHandle = () => {
      close.call(handle);
    };
    handle.close = () => {
      close.call(handle);
      this.over = true;
      this.handle = undefined;
      this.gate?.();
      this.dropSpare();
      this.host.remove(this);
    };
  }

  private share(): void {
    this.address = this.server.address();
    this.open(true);
  }

  private bindByItself(handle: Handle): void {
    this.own(handle);
    this.bound = true;
    const { handles, token } = this.host.invitation;
    sendHandle(handles, { key: this.key, token }, handle).then(
      () => {
        this.open(false);
      },
      (error: unknown) => {
        this.host.listenFailed(this, error as NodeJS.ErrnoException);
      },
    );
  }

  private open(adopted: boolean): void {
    // A cluster's primary takes the handle over as soon as it listens: there is no server to knock at.
    const server = this.server._handle === null ? this.address : this.server;
    openDoor(server, this.door, this.listen).then(
      (visited) => {
        this.visited = visited;
        this.host.announce(this, adopted);
      },
      (error: unknown) => {
        this.host.listenFailed(this, error as NodeJS.ErrnoException);
      },
    );
  }
}
