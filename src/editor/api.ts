/** What `activate` returns: for tests, and for whoever wants to follow the servers from another extension. */
import type { Event } from '../shared/emitter.ts';
import type { HandoffEvent, ServerStatus, SwapOutcome } from '../shared/model.ts';
import type { Row } from './view/row.ts';
import type { Indicator } from './status/status-text.ts';

export interface HotSwapApi {
  /** Resolves when running servers of this workspace have been found; at once in an untrusted workspace. */
  readonly ready: Promise<void>;
  /** False until the workspace is trusted: nothing runs. */
  readonly active: boolean;
  readonly onDidChangeStatus: Event<ServerStatus>;
  readonly onDidHappen: Event<HandoffEvent>;
  /** What the status bar shows may have changed. */
  readonly onDidChangeIndicators: Event<void>;
  readonly statuses: readonly ServerStatus[];
  readonly indicators: readonly Indicator[];
  /** What the Generations view shows, as of its last look; it looks while it is visible. */
  readonly rows: readonly Row[];
  readonly onDidShowRows: Event<void>;
  /** Each names the setting that is wrong. */
  readonly settingsErrors: readonly string[];
  /** Swaps that server now, of the first workspace folder that has one of that name, and tells how it went. */
  swap(server: string): Promise<SwapOutcome>;
  /** Resolves when the code on disk is what answers (`swapped`), or can't (`rolledBack`, with the error). */
  wait(server: string): Promise<SwapOutcome>;
}
