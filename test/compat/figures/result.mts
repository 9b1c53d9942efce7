/** What a row has shown; in the JSON file as it is here. */
import type { SaveKind } from '../recipe.mts';

export interface SaveResult {
  readonly kind: SaveKind | 'mended';
  readonly file: string;
  readonly number: number;
  readonly expected: 'swap' | 'none';
  /** Generations that came to serve from this save to the next. */
  readonly swaps: number;
  /** Generations that were started; more than swaps: one was started in vain. */
  readonly starts: number;
  /** Milliseconds from the save to the first answer that knows of it, or, where answers don't tell, to `serving`. */
  readonly tookMs?: number;
  /** What the first generation after it was before. */
  readonly origin?: string;
  readonly noStandby?: string;
  /** Of a command that builds: milliseconds from the save to the last byte of what is built. */
  readonly builtMs?: number;
}

export interface BrokenResult {
  readonly refused: boolean;
  /** `routes/index.js:12`, as it was told. */
  readonly place?: string;
  readonly expectedPlace: string;
  readonly message?: string;
}

export interface StreamResult {
  readonly opened: number;
  readonly refused: number;
  readonly cut: number;
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly command: string;
  /** What is behind the command, if that is the name of a script. */
  readonly script?: string;
  readonly at: string;
  readonly notPromised?: string;
  /** Why there is nothing else: it could not be made, or never served. */
  readonly problem?: string;
  readonly measured?: Measured;
}

export interface Measured {
  readonly modules: number;
  readonly coldBootMs: number;
  readonly requests: number;
  /** What went wrong → how often; without the two below. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers of 500 and above where the server gave none before. */
  readonly readyLate: number;
  readonly stale: number;
  /** Some of these three, to be read beside the events (`COMPAT_LOGS`); milliseconds since the epoch. */
  readonly evidence: readonly { readonly due: number; readonly done: number; readonly what: string }[];
  readonly saves: readonly SaveResult[];
  readonly broken: BrokenResult;
  /** Generations that nobody's save started. */
  readonly uncaused: readonly string[];
  readonly standby:
    { readonly modules: number; readonly leftOut: readonly string[] } | { readonly none: string };
  readonly streams?: StreamResult;
  /** Builders that were there at the end and not at the beginning. */
  readonly buildersStarted?: number;
  readonly leftRunning: readonly string[];
  readonly notices: readonly string[];
}
