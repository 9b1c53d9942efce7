/** What is heard of the requests that are answered here: the first ones, and the last one if somebody wants to know. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FirstAnswers } from './first-answers.ts';
import type { Readiness } from './first-answers.ts';

export interface HearingEvents {
  /** A client, for the first time. */
  answered(): void;
  ready(readiness: Readiness): void;
}

/** A crash at a client's first bytes would have come by then (ms). */
const survivedMs = 50;

/** What takes longer (ms) would not warm a successor in time: streams, long polls. */
const quickMs = 500;

export class Hearing {
  private first: FirstAnswers | undefined;
  private remembered: LastGet | undefined;

  constructor(events: HearingEvents) {
    this.first = new FirstAnswers({
      answered: () => events.answered(),
      ready: (readiness) => {
        // Its successors will be asked for it before clients are let in.
        if (readiness.late !== 'no') this.remember(readiness.path);
        events.ready(readiness);
      },
      over: () => (this.first = undefined),
    });
  }

  /** Of every request, while nothing is being swapped. */
  note(request: IncomingMessage, response: ServerResponse): void {
    this.first?.note(request, response);
    this.remembered?.note(request, response);
  }

  /** Not a request: who survives its first client has answered it. */
  noteOther(): void {
    const { first } = this;
    if (first !== undefined) setTimeout(() => first.noteOther(), survivedMs).unref();
  }

  /** The app listens: times count from here. */
  listens(): void {
    this.first?.listens();
  }

  /** Path of the last GET that was answered, from the first call of `remember` on. */
  get lastGet(): string | undefined {
    return this.remembered?.path;
  }

  /** `path`: one that is known to be answered well. */
  remember(path?: string): void {
    this.remembered ??= new LastGet(path);
  }
}

/** Remembers what was asked for last and answered well, so that a successor can be asked for it before it serves. */
class LastGet {
  /** As in the request line; undefined if there was none. */
  path: string | undefined;

  /** `path`: one that is known to be answered well. */
  constructor(path?: string) {
    this.path = path;
  }

  note(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return;
    const { url } = request;
    const began = Date.now();
    response.once('finish', () => {
      if (response.statusCode < 400 && Date.now() - began < quickMs) this.path = url;
    });
  }
}
