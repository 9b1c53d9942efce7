/**
 * The listening sockets that outlive generations. They are held as raw handles: a `net.Server` here would
 * accept, and steal connections that nobody answers.
 */
import { rmSync } from 'node:fs';
import type { ListenerStatus } from '../../shared/model.ts';

/** A raw handle as Node's IPC delivers it. */
export interface ListenerHandle {
  readonly fd: number;
  close(): void;
}

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

  add(key: string, handle: ListenerHandle, boundBy: number): void {
    this.held.get(key)?.handle.close();
    this.held.set(key, { handle, boundBy, settled: false });
    this.version += 1;
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

  /** The generation never served: what it bound goes. */
  discard(generation: number): void {
    for (const [key, held] of this.held) if (held.boundBy === generation && !held.settled) this.close(key);
  }

  /** What the next generation inherits: key → descriptor. */
  descriptors(): ReadonlyMap<string, number> {
    return new Map(
      [...this.held].filter(([, held]) => held.settled).map(([key, held]) => [key, held.handle.fd]),
    );
  }

  keys(): string[] {
    return [...this.descriptors().keys()];
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
