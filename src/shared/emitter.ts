/** Events without an editor: the same shape as VS Code's, so that either side can listen. */
import type { Disposable } from './disposable.ts';

export type Event<T> = (listener: (value: T) => void) => Disposable;

export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<{ readonly call: (value: T) => void }>();

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.listeners.add(entry);
    return { dispose: () => this.listeners.delete(entry) };
  };

  fire(value: T): void {
    for (const { call } of [...this.listeners]) call(value);
  }

  dispose(): void {
    this.listeners.clear();
  }
}
