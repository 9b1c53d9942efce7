/**
 * One server of the app on one listener: bound by itself, or adopted from the generation before. An adopted one
 * is gated: to the app it listens (`listening` fires, `address()` answers), but it accepts only after `accept`.
 */
import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { closeDoor, openDoor } from './door.ts';
import { Gate } from './gate.ts';
import { isSecure, netInternals } from '../engine/internals.ts';
import type { AnyServer, Handle, NormalizedListen } from '../engine/internals.ts';
import type { ListenerHost } from './listener-host.ts';
import { whereabouts, type Whereabouts } from './listener-key.ts';
import { pathOf } from '../as-alone/key-address.ts';
import { parkedHandle, pretendToListen } from './parked-handle.ts';
import { sendHandle } from './send-handle.ts';
import { SpareCopy } from './spare-copy.ts';
import { TakenPort } from '../as-alone/taken-port.ts';
import { Traffic } from '../traffic/traffic.ts';
import { closeKeepingPath } from './unix-path.ts';

type Listen = AnyServer['listen'];

type Host = ListenerHost<ServedListener>;

export class ServedListener {
  readonly key: string;
  readonly traffic: Traffic;
  /** A worker of a cluster: the listening socket is its primary's, the clients are its own. */
  readonly shared: boolean;
  /** Others have heard of it. */
  isKnown = false;
  private readonly server: AnyServer;
  private readonly host: Host;
  private readonly listen: Listen;
  private readonly options: NormalizedListen;
  private readonly door: string;
  /** The door, once it is open. */
  private visited: Server | undefined;
  private handle: Handle | undefined;
  /** To accept on again, should the successor die. */
  private readonly spare: SpareCopy;
  private readonly taken: TakenPort;
  gate: Gate | undefined;
  private closeHandle: (() => void) | undefined;
  private address: ReturnType<AnyServer['address']> = null;
  private bound = false;
  private stopped = false;
  /** The app closed its server, or could not listen: it is no concern of ours any more. */
  private over = false;
  private swallowListening = false;

  constructor(server: AnyServer, key: string, options: NormalizedListen, host: Host, listen: Listen) {
    this.server = server;
    this.key = key;
    this.options = options;
    this.host = host;
    this.listen = listen;
    this.shared = cluster.isWorker && options.exclusive !== true;
    this.door = host.doorPath();
    this.spare = new SpareCopy(`${this.door}-copy`, listen);
    this.taken = new TakenPort(server, options, listen, {
      isBeingFreed: () => host.served.isBeingFreed(key),
      isFreeWithoutUs: () => host.served.isFreeWithoutUs(key),
    });
    this.traffic = new Traffic(server, {
      ...host.hears(key),
      held: () => host.reportHeld(),
      closed: () => host.connectionClosed(),
      lifecycle: (event, args) => this.lifecycle(event, args),
    });
  }

  describe(): Whereabouts & { readonly key: string } {
    return { key: this.key, ...whereabouts(this.key, this.address, this.door, isSecure(this.server)) };
  }

  /** Clients are let in. */
  get accepts(): boolean {
    return this.handle !== undefined && this.gate === undefined && !this.stopped;
  }

  /** A cluster's primary took the handle over when it listened: its workers answer, and have the doors. */
  get isTaken(): boolean {
    return this.server._handle === null && this.handle !== undefined;
  }

  /** False if the descriptor is no good: the app then binds by itself. */
  adopt(inherited: number | Handle): boolean {
    const handle =
      typeof inherited === 'number' ? netInternals._createServerHandle(null, 0, -1, inherited) : inherited;
    if (typeof handle === 'number') return false;
    handle.ref();
    this.server._handle = handle;
    if (this.options.path !== undefined) this.server._pipeName = this.options.path;
    this.own(handle);
    this.gate = new Gate(this.server, this.host.keepAlive);
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
    this.openGate();
    this.startAccepting(this.handle);
  }

  /** Makes `resume` possible; the earlier, the shorter the stop. It still accepts meanwhile. */
  prepareStop(): Promise<void> {
    return this.spare.prepare(this.gate === undefined ? this.handle : undefined);
  }

  /** Connections that come from now on wait in the kernel's backlog for the next generation. */
  stopAccepting(): void {
    this.stopped = true;
    this.openGate();
    const { handle, closeHandle } = this;
    if (handle === undefined || closeHandle === undefined) return;
    const path = pathOf(this.key);
    this.handle = undefined;
    if (this.server._handle === handle) this.server._handle = parkedHandle(handle, this.host.keepAlive);
    if (this.bound && path !== undefined) closeKeepingPath(closeHandle, path);
    else closeHandle();
  }

  /** Accepts again after `stopAccepting`; false if that is not possible. */
  resume(): boolean {
    const handle = this.spare.take();
    if (handle === undefined) return !this.stopped;
    handle.ref();
    this.stopped = false;
    this.bound = false; // the copy has no path to unlink
    this.server._handle?.unref(); // it was parked
    this.server._handle = handle;
    this.own(handle);
    this.startAccepting(handle);
    this.traffic.release();
    return true;
  }

  /** `server` listens on what this one gave up to a successor, as far as its app can see. */
  pretend(server: AnyServer): void {
    pretendToListen(server, this.address, this.host.keepAlive);
  }

  /** Resolves when everybody who came through the side door has gone. */
  async closeDoor(): Promise<void> {
    if (this.visited !== undefined) await closeDoor(this.visited, this.door);
  }

  private openGate(): void {
    this.gate?.open();
    this.gate = undefined;
  }

  private startAccepting(handle: Handle): void {
    if (this.server._handle === handle) {
      this.swallowListening = true;
      this.server._listen2(null, -1, -1, this.options.backlog, undefined);
    } else {
      // A cluster's primary took the handle over and distributes from it.
      handle.listen(this.options.backlog || 511); // as Node: a cluster's primary is given `false`
    }
  }

  private lifecycle(event: string, args: readonly unknown[]): boolean {
    if (this.over) return true;
    if (event === 'error') {
      const error = args[0] as NodeJS.ErrnoException;
      if (this.handle === undefined && !this.stopped) {
        if (this.taken.hasTaken(error)) return false;
        this.over = true;
        this.host.listenFailed(this, error);
      }
    } else if (this.swallowListening) {
      this.swallowListening = false;
      return false;
    } else if (this.handle === undefined && this.server._handle !== null) {
      if (this.taken.isStoodInFor(() => this.end())) return true;
      this.address = this.server.address();
      if (this.shared) this.open(true);
      else this.bindByItself(this.server._handle);
    }
    return true;
  }

  /** From here on the app's `close` is heard at once; the event of that name waits for the last connection. */
  private own(handle: Handle): void {
    this.handle = handle;
    this.address = this.server.address();
    const { close } = handle;
    this.closeHandle = () => close.call(handle);
    handle.close = () => {
      const isGated = this.gate !== undefined;
      const spare = this.spare.take();
      handle.close = close;
      // Nobody was let in: it is as it was before.
      if (isGated) this.host.served.giveBack(this, handle);
      else handle.close();
      this.end(spare);
      const path = pathOf(this.key);
      if (!isGated && !this.bound && path !== undefined) rmSync(path, { force: true }); // as who binds it does
    };
  }

  /** `spare`: for who listens again at once. */
  private end(spare?: Handle): void {
    this.over = true;
    this.handle = undefined;
    this.openGate();
    this.spare.drop();
    this.host.served.remove(this, spare);
  }

  /** Who only asks whether the port is free closes it in the event that is being emitted, or in the next turn. */
  private bindByItself(handle: Handle): void {
    this.own(handle);
    this.bound = true;
    setImmediate(() => {
      if (!this.over) this.sendUp(handle);
    });
  }

  private sendUp(handle: Handle): void {
    const { handles, token } = this.host.invitation;
    this.isKnown = true;
    sendHandle(handles, { key: this.key, token }, handle).then(
      () => this.open(false),
      (error: unknown) => this.host.listenFailed(this, error as NodeJS.ErrnoException),
    );
  }

  private open(adopted: boolean): void {
    openDoor(this.server, this.door, this.listen).then(
      (visited) => {
        this.visited = visited;
        if (this.over || this.isTaken) void this.closeDoor();
        if (this.over) return;
        this.isKnown = true;
        this.host.announce(this, adopted);
      },
      (error: unknown) => this.host.listenFailed(this, error as NodeJS.ErrnoException),
    );
  }
}
