/**
 * The listening sockets that outlive generations. They are held as raw handles: a `net.Server` here would
 * accept, and steal connections that nobody answers.
 */
import { rmSync } from 'node:fs';
import type { ListenerStatus } from '../../shared/model.ts';

/** A raw handle as Node's IPC delivers it; without a descriptor, what somebody else holds open for the server. */
export interface ListenerHandle {
  readonly fd: number | undefined;
  close(): void;
}

/** Each is a descriptor of this process and of every one that it starts: an app that goes on and on is not to end it. */
const most = 500;

interface Held {
  readonly handle: ListenerHandle;
  /** The generation that bound it; until that one serves, the listener goes when it goes. */
  readonly boundBy: number;
  settled: boolean;
}

export class ListenerStore {
  private readonly held = new Map<string, Held>();
  /** Grows with every change of what the next generation inherits. */
  version = 0;
  private readonly described = new Map<string, ListenerStatus>();

  /** False if there are too many: this one is not kept. */
  add(key: string, handle: ListenerHandle, boundBy: number): boolean {
    const present = this.held.get(key);
    if (present === undefined && this.held.size >= most) {
      handle.close();
      return false;
    }
    present?.handle.close();
    this.held.set(key, { handle, boundBy, settled: false });
    this.version += 1;
    return true;
  }

  describe(status: ListenerStatus): void {
    this.described.set(status.key, status);
  }

  /** The generation serves: what it bound stays. */
  settle(generation: number): void {
    for (const held of this.held.values()) {
      if (held.boundBy !== generation || held.settled) continue;
      held.settled = true;
      this.version += 1;
    }
  }

  /**
   * The app of a generation closed it. What becomes of a Unix socket's file is the app's business; a listener that
   * never served goes.
   */
  closedByApp(key: string, generation: number): void {
    const status = this.described.get(key);
    if (status?.path !== undefined) this.described.set(key, { key, tls: status.tls });
    const held = this.held.get(key);
    if (held?.boundBy === generation && !held.settled) this.close(key);
  }

  /** The generation never served: what it bound goes. */
  discard(generation: number): void {
    for (const [key, held] of this.held) if (held.boundBy === generation && !held.settled) this.close(key);
  }

  /** What the next generation inherits: key → descriptor. */
  descriptors(): ReadonlyMap<string, number> {
    return new Map(
      this.keys().flatMap((key) => {
        const fd = this.held.get(key)?.handle.fd;
        return fd === undefined ? [] : [[key, fd] as const];
      }),
    );
  }

  keys(): string[] {
    return [...this.held].filter(([, held]) => held.settled).map(([key]) => key);
  }

  list(): ListenerStatus[] {
    return this.keys().flatMap((key) => this.described.get(key) ?? []);
  }

  close(key: string): void {
    const held = this.held.get(key);
    if (held === undefined) return;
    this.held.delete(key);
    this.version += 1;
    held.handle.close();
    const path = this.described.get(key)?.path;
    this.described.delete(key);
    if (path !== undefined) rmSync(path, { force: true });
  }

  closeAll(): void {
    for (const key of [...this.held.keys()]) this.close(key);
  }
}
