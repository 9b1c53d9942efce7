/** The process that a listener is a part of. `Listener`: served-listener.ts, which this must not import. */
import type { Invitation } from '../../../protocol/messages.ts';
import type { Handle } from '../engine/internals.ts';
import type { HearingEvents } from '../traffic/hearing.ts';

export interface ListenerPorts<Listener> {
  /** The app closed it before anybody was let in: `handle` is kept for whoever listens there next. */
  giveBack(listener: Listener, handle: Handle): void;
  /** The app closed it: the port must be free again. `spare`: a copy, for who listens again at once. */
  remove(listener: Listener, spare?: Handle): void;
  /** The app closed it a moment ago, and others have to close it, too. */
  isBeingFreed(key: string): boolean;
  /** Somebody holds that port, but only because of us. */
  isFreeWithoutUs(key: string): boolean;
}

export interface ListenerHost<Listener> {
  readonly invitation: Invitation;
  readonly served: ListenerPorts<Listener>;
  /** For a new side door. */
  doorPath(): string;
  /** Keeps the event loop alive until the returned function is called. */
  readonly keepAlive: () => () => void;
  /** It is in place: gated if `adopted`, else accepting. */
  announce(listener: Listener, adopted: boolean): void;
  /** It may try again, there or elsewhere. */
  listenFailed(listener: Listener, error: NodeJS.ErrnoException & { port?: number }): void;
  /** The number of its held requests changed. */
  reportHeld(): void;
  connectionClosed(): void;
  /** What is heard of the answers on the listener with that key. */
  hears(key: string): HearingEvents;
}
