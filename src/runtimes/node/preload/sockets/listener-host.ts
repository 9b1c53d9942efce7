/** The process that a listener is a part of. */
import type { Invitation } from '../../../protocol/messages.ts';
import type { Handle } from '../engine/internals.ts';
import type { HearingEvents } from '../traffic/hearing.ts';
import type { ServedListener } from './served-listener.ts';

export interface ListenerPorts {
  /** The app closed it before anybody was let in: `handle` is kept for whoever listens there next. */
  giveBack(listener: ServedListener, handle: Handle): void;
  /** The app closed it: the port must be free again. `spare`: a copy, for who listens again at once. */
  remove(listener: ServedListener, spare?: Handle): void;
  /** The app closed it a moment ago, and others have to close it, too. */
  isBeingFreed(key: string): boolean;
  /** Somebody holds that port, but only because of us. */
  isFreeWithoutUs(key: string): boolean;
}

export interface ListenerHost {
  readonly invitation: Invitation;
  readonly served: ListenerPorts;
  /** For a new side door. */
  doorPath(): string;
  /** Keeps the event loop alive until the returned function is called. */
  readonly keepAlive: () => () => void;
  /** It is in place: gated if `adopted`, else accepting. */
  announce(listener: ServedListener, adopted: boolean): void;
  /** It may try again, there or elsewhere. */
  listenFailed(listener: ServedListener, error: NodeJS.ErrnoException & { port?: number }): void;
  /** The number of its held requests changed. */
  reportHeld(): void;
  connectionClosed(): void;
  /** What is heard of the answers on the listener with that key. */
  hears(key: string): HearingEvents;
}
