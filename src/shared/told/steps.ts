/** Where the time of a swap went: milliseconds from its cause, as a rule that a save was noticed, to each step. */
export interface SwapSteps {
  /** What waited was let go, or a process was started: from here on it is the app's own code that runs. */
  readonly released: number;
  /** It has asked for its first listener. */
  readonly listening?: number;
  /** It has all of them, and was tried if it is to be. */
  readonly ready: number;
  /** It has confirmed that it accepts: the cutover is over. */
  readonly serving: number;
  /** It has answered a client for the first time; absent until one comes. */
  readonly answered?: number;
}
