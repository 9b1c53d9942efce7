/**
 * The listening sockets that this process holds for its app, but that the app does not listen on: inherited ones that
 * it has not asked for yet, and those that it gave back by closing its server before anybody was let in.
 */
import type { Handle } from '../engine/internals.ts';
import { portOf } from '../as-alone/key-address.ts';

export class Inherited {
  private readonly unclaimed: Map<string, number | Handle>;

  /** Key → descriptor. */
  constructor(listeners: Readonly<Record<string, number>>) {
    this.unclaimed = new Map(Object.entries(listeners));
  }

  /** A descriptor, or the handle that it became; from here on the caller's. */
  take(key: string): number | Handle | undefined {
    const held = this.unclaimed.get(key);
    this.unclaimed.delete(key);
    return held;
  }

  giveBack(key: string, handle: Handle): void {
    this.unclaimed.set(key, handle);
  }

  /** False if it was taken meanwhile. */
  drop(key: string, handle: Handle): boolean {
    if (this.unclaimed.get(key) !== handle) return false;
    this.unclaimed.delete(key);
    handle.close();
    return true;
  }

  has(key: string): boolean {
    return this.unclaimed.has(key);
  }

  /** Without us, nobody would listen there yet. */
  hasPort(port: number): boolean {
    return [...this.unclaimed.keys()].some((key) => portOf(key) === port);
  }
}
