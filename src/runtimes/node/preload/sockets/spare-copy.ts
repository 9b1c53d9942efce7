/** A second descriptor of a listening socket, made in time: to accept on it again after the first was closed. */
import type { Server } from 'node:net';
import type { Handle } from '../engine/internals.ts';
import { duplicateHandle } from './duplicate-handle.ts';

export class SpareCopy {
  private readonly path: string;
  private readonly listen: Server['listen'];
  private handle: Handle | undefined;
  private copying: Promise<void> | undefined;
  private isUnwanted = false;

  /** `path`, `listen`: see `duplicateHandle`. */
  constructor(path: string, listen: Server['listen']) {
    this.path = path;
    this.listen = listen;
  }

  /** The earlier, the shorter the stop. If it fails, the next call tries again. */
  prepare(original: Handle | undefined): Promise<void> {
    this.copying ??= this.copy(original).finally(() => {
      if (this.handle === undefined) this.copying = undefined;
    });
    return this.copying;
  }

  take(): Handle | undefined {
    const { handle } = this;
    this.handle = undefined;
    this.copying = undefined;
    return handle;
  }

  /** The port must be free when the app closes its server: what is still being made is closed, too. */
  drop(): void {
    this.isUnwanted = true;
    this.take()?.close();
  }

  private async copy(original: Handle | undefined): Promise<void> {
    if (original === undefined) return;
    this.handle = await duplicateHandle(original, this.path, this.listen);
    if (this.isUnwanted) this.take()?.close();
  }
}
