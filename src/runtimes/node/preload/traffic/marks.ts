/**
 * When requests came around a swap, how long they took, and how long of that they waited: for the picture of it. Of those
 * that come while nothing is swapped nothing is noted.
 */
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Incoming } from '../relaying/incoming.ts';
import { systemClock } from '../../../../shared/clock.ts';
import type { RequestMarks } from '../../../../shared/told/requests.ts';

/** From the moment when it begins to serve (ms). */
const freshMs = 2000;
const mostFresh = 2500;
/** Of those that wait here, or are passed on. */
const mostDiverted = 5000;

/** Who is passed on at once does not wait. */
const passedOnMs = 0.1;

interface Mark {
  readonly at: number;
  ms: number | undefined;
  held: number;
}

export class Marks {
  /** Of those that are answered here: how many more are to be noted. */
  private fresh = 0;
  private until = 0;
  private diverted = 0;
  private readonly all: Mark[] = [];
  private readonly waiting = new WeakMap<Incoming, Mark>();

  /** It serves from now on. */
  begin(): void {
    this.fresh = mostFresh;
    this.until = performance.now() + freshMs;
  }

  get areWanted(): boolean {
    return this.fresh > 0;
  }

  /** One that is answered here. */
  note(answer: ServerResponse | ServerHttp2Stream): void {
    const now = performance.now();
    this.fresh = now > this.until ? 0 : this.fresh - 1;
    if (this.fresh > 0) this.add(answer, now);
  }

  /** One that is not, or not yet. */
  divert(incoming: Incoming): void {
    // A connection that is no longer HTTP's lasts.
    if (incoming.kind === 'raw' || this.diverted >= mostDiverted) return;
    this.diverted += 1;
    this.waiting.set(incoming, this.add(incoming.kind === 'request' ? incoming.response : incoming.stream));
  }

  /** It is known who answers it. */
  goesOn(incoming: Incoming): void {
    const mark = this.waiting.get(incoming);
    if (mark === undefined) return;
    this.waiting.delete(incoming);
    const held = performance.now() - mark.at;
    if (held > passedOnMs) mark.held = held;
  }

  /** Those that are open are as long as they are now. */
  *tell(now: number): Generator<number> {
    for (const { at, ms, held } of this.all) yield* [at, ms ?? now - at, held];
  }

  private add(answer: ServerResponse | ServerHttp2Stream, at = performance.now()): Mark {
    const mark: Mark = { at, ms: undefined, held: 0 };
    this.all.push(mark);
    answer.once('close', () => {
      mark.ms = performance.now() - at;
    });
    return mark;
  }
}

/** Of all its listeners. */
export function marksOf(traffic: readonly { readonly marks: Marks }[]): RequestMarks {
  const now = performance.now();
  const marks = traffic.flatMap((one) => [...one.marks.tell(now)]);
  return { from: systemClock.now() - performance.now(), marks: marks.map((ms) => Math.round(ms * 10) / 10) };
}
