/** Why newer code does not serve, and where that is. */

/** Why a generation did not serve, or stopped serving by itself. */
export type FailureReason =
  | 'bootError'
  | 'exited'
  | 'notReady'
  | 'probeFailed'
  | 'portTaken'
  | 'portDenied'
  | 'commandNotFound'
  | 'spawnFailed'
  | 'crashed'
  | 'cutoverFailed'
  /** Nothing was started: what it would have been made of is not whole. */
  | 'buildFailed';

/** Where something is wrong; line and column counted from 1. */
export interface Problem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Failure {
  readonly generation: number;
  readonly reason: FailureReason;
  /** One sentence without the server's name: what happened. */
  readonly message: string;
  /** What to do about it, where we know more than "fix and save". */
  readonly advice?: string;
  /** The generation before seems to hold what only one may have. */
  readonly contended?: true;
  /** Where in the user's code, line and column counted from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Of a build: by which part of the dev command, and all of its errors. */
  readonly part?: string;
  readonly problems?: readonly Problem[];
}
