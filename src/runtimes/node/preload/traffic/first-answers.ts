/**
 * Hears the first answers of a server: that it gave one, and how long after it listened it gave a good one, below 500.
 * Many servers listen first and connect to their database after. Once that is known, nobody listens any more.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOwn } from './clients.ts';

/** How a server was when clients first came. Times in ms after it listened. */
export interface Readiness {
  /** When the first request came that was answered below 500. */
  readonly ms: number;
  /**
   * `seen`: the same request was answered with 500 or more before. `possible`: nobody asked early enough, and something
   * that was under way when it listened is not any more.
   */
  readonly late: 'no' | 'possible' | 'seen';
  /** Of a GET. */
  readonly path?: string;
}

export interface FirstAnswersEvents {
  answered(): void;
  /** At the first good answer; again if others turn out to be late. */
  ready(readiness: Readiness): void;
  /** Nothing more will be said. */
  over(): void;
}

/** Other paths may be late when the first is not: they are heard for so long (ms). */
const othersMs = 3000;
/** Who is asked for the first time so late (ms) and answers badly is not late but broken. */
const lateMs = 15_000;
/** And who has not recovered then (ms). */
const longestMs = 60_000;
/** Of different requests that were answered badly. */
const mostBad = 50;
/** Between a bad and a good answer nobody may have asked for long: it counts as ready after twice its time, or this. */
const gapMs = 5000;

/** Not what keeps a server busy, or ours: the gate's and the door's connections. */
const ignored = /^(Pipe|TTY|TCPServer|Immediate|TickObject|HTTP|SignalWrap)|Write|Shutdown/;

export class FirstAnswers {
  private readonly events: FirstAnswersEvents;
  private since: number | undefined;
  private underWay: ReadonlyMap<string, number> | undefined;
  private hasAnswered = false;
  private wasBusy: boolean | undefined;
  private isReady = false;
  /** `GET /`, and when it was asked. */
  private readonly bad = new Map<string, number>();

  constructor(events: FirstAnswersEvents) {
    this.events = events;
  }

  /** Times count from here. */
  listens(): void {
    this.since = Date.now();
    setImmediate(() => (this.underWay = resources())); // with what it begins when it hears of it
  }

  note(request: IncomingMessage, response: ServerResponse): void {
    if (isOwn(request.socket)) {
      this.wasBusy = true; // perhaps it is not ready before it has its answer
      return;
    }
    const ms = this.since === undefined ? 0 : Date.now() - this.since;
    this.wasBusy ??= this.hasEnded();
    const { method = '', url = '' } = request;
    response.once('finish', () => this.finished(method, url, response.statusCode, ms));
  }

  /** Bytes were exchanged, of whatever kind. */
  noteOther(): void {
    if (this.hasAnswered) return;
    this.hasAnswered = true;
    this.events.answered();
  }

  private finished(method: string, url: string, status: number, ms: number): void {
    this.noteOther();
    const key = `${method} ${url}`;
    const badAt = this.bad.get(key);
    if (status >= 500) {
      if (badAt === undefined && ms < lateMs && this.bad.size < mostBad) this.bad.set(key, ms);
      else if (badAt !== undefined) this.bad.set(key, Math.max(ms, badAt));
    } else if (badAt !== undefined) {
      const path = method === 'GET' ? { path: url } : {};
      this.events.ready({ ms: Math.min(ms, Math.max(2 * badAt, badAt + gapMs)), late: 'seen', ...path });
      this.events.over();
    } else if (!this.isReady) {
      this.isReady = true;
      const late = this.wasBusy === true ? 'possible' : 'no';
      this.events.ready({ ms, late, ...(method === 'GET' ? { path: url } : {}) });
    }
    if (this.isReady && ms > (this.bad.size === 0 ? othersMs : longestMs)) this.events.over();
  }

  /** Something has ended that was under way when it listened: a timer, a connection being made, a file being read. */
  private hasEnded(): boolean {
    const now = resources();
    return [...(this.underWay ?? [])].some(([kind, count]) => (now.get(kind) ?? 0) < count);
  }
}

/** How many there are of each kind that keeps the process busy. */
function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (!ignored.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
