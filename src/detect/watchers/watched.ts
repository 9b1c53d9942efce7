/** What every watcher comes down to. */
import type { WatcherGlobs } from '../../shared/spec.ts';
import type { CommandLine } from '../reading/shell.ts';

/** What a watcher would start, and what to call the watcher in the log. */
export interface Watched {
  readonly watcher: string;
  readonly line: CommandLine;
  readonly env?: Readonly<Record<string, string>>;
  /** Relative to the folder in which it runs. */
  readonly globs?: WatcherGlobs | undefined;
}

/** A watcher that would run just these words. */
export function watched(watcher: string, words: readonly string[], env?: Record<string, string>): Watched {
  return { watcher, line: { before: [], words }, ...(env === undefined ? {} : { env }) };
}
