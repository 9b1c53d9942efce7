/** What a request was for; only `request` counts for latencies, `poll` is the stop watch and not load. */
export type Kind = 'request' | 'slow' | 'stream' | 'poll';

/**
 * One request and what became of it. Times are `Date.now()`: whole milliseconds of the wall clock, because they
 * are compared with the times in another process's events. Order within one millisecond is in the `…Order`
 * numbers, which count up over all that one process sent and received.
 */
export interface Exchange {
  kind: Kind;
  /** Who asked: one name per keep-alive connection, `new` for what comes on connections of its own, `stopwatch`. */
  client: string;
  /** When the schedule wanted it sent. */
  due: number;
  /** Milliseconds from `due` to the end of the response, so that waiting to be sent counts. */
  tookMs: number;
  sent?: number;
  sentOrder?: number;
  /** Arrival of the first piece of the body, which names the version. */
  first?: number;
  firstOrder?: number;
  done: number;
  version?: number;
  error?: string;
  /** The connection had answered a request before. */
  reused: boolean;
}

/** What the harness tells the load process. */
export type Order = { do: 'start'; port: number; rate: number } | { do: 'finish' };

/** What the load process tells the harness, when it has finished. */
export interface Report {
  exchanges: Exchange[];
  lateMs: number[];
}
