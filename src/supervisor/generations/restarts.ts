/** A generation whose own command ends the server and starts it anew, which detection could not take apart. */
import type { Failure } from '../../shared/failure.ts';
import { nameOf, ownWatcherOf } from '../processes/own-watcher.ts';
import type { ProcessTree } from '../processes/process-tree.ts';
import type { ControlPeer } from './control-server.ts';

export class Restarts {
  /** What restarts it, if anything does. */
  by: string | undefined;
  private readonly drainMs: number;
  private readonly tree: ProcessTree;
  private had = false;

  constructor(drainMs: number, tree: ProcessTree) {
    this.drainMs = drainMs;
    this.tree = tree;
  }

  /** The process is gone that listened; the next one will have the listener. */
  get isComing(): boolean {
    return this.by !== undefined && this.tree.inherited.size > 0;
  }

  /** `server`: the process that listens. */
  async find(server: number, peers: Iterable<ControlPeer>): Promise<void> {
    this.by ??= await ownWatcherOf(server, this.tree.pid);
    for (const peer of peers) this.tell(peer);
  }

  /** Another process takes part. `isAlone`: those before it are gone. */
  joined(peer: ControlPeer, hasServed: boolean, isAlone: boolean): void {
    if (hasServed && isAlone && this.had) void this.noticed().then(() => this.tell(peer));
    this.had = true;
    this.tell(peer);
  }

  /** One that served died of this. Without us its command could listen there now: whatever started it goes on. */
  async diedOf({ reason, contended }: Failure): Promise<void> {
    if (reason === 'portTaken' && contended !== true) await this.noticed();
  }

  private async noticed(): Promise<void> {
    this.by ??= await nameOf(this.tree.pid);
  }

  private tell(peer: ControlPeer): void {
    if (this.by !== undefined) peer.send({ type: 'restarted', drainMs: this.drainMs });
  }
}
