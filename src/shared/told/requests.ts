/** What is told, to those who ask, of the requests that a generation still has to answer. */

/** One of its own: not one that waits for the next generation, or was passed on to it. */
export interface OpenRequest {
  /** Of this process, for as long as the request is open. */
  readonly id: number;
  readonly kind: 'request' | 'eventStream' | 'webSocket';
  /** Empty where a connection is not HTTP's any more. */
  readonly method: string;
  readonly path: string;
  /** Since it is known to be open, ms: at most as long as it is. */
  readonly ageMs: number;
}

export interface OpenRequests {
  /** The oldest first, at most `mostOpen`. */
  readonly requests: readonly OpenRequest[];
  /** How many more there are. */
  readonly more: number;
}

/** What a person can read. */
export const mostOpen = 50;

export interface GenerationRequests extends OpenRequests {
  readonly generation: number;
  /** False: its runtime does not tell, or did not in time. */
  readonly known: boolean;
}

/**
 * Those that came around a swap, of one process: three numbers each, in ms. When it came, after `from`; how long it took, or
 * takes; how long of that it waited for the next generation.
 */
export interface RequestMarks {
  /** Ms since the epoch. */
  readonly from: number;
  readonly marks: readonly number[];
}

export interface GenerationMarks {
  readonly generation: number;
  /** By process. */
  readonly told: readonly RequestMarks[];
}
