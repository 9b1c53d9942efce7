/** What one server tells the supervisor. */
import type { HandoffEvent, OutputChunk, ServerStatus } from '../../shared/model.ts';
import type { LoadedAnswer } from '../generations/generation.ts';

export interface ServerEvents {
  changed(status: ServerStatus): void;
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
  exchanged(line: string): void;
  /** A generation serves, with what it has loaded so far. */
  loaded(answer: LoadedAnswer): void;
  /** What its builders write may be new since then (ms since the epoch), and is whole; `at`: when they began. */
  built(since: number, at: number): void;
  /** No file that the serving generation has loaded has changed since then (ms since the epoch). */
  isUnchangedSince(time: number): Promise<boolean>;
}
