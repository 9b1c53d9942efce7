/** What is heard of the requests that are answered here: the first ones, and the last one if somebody wants to know. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FirstAnswers } from './first-answers.ts';
import type { Readiness } from './first-answers.ts';
import { LastGet } from './last-get.ts';

export interface HearingEvents {
  /** A client, for the first time. */
  answered(): void;
  ready(readiness: Readiness): void;
}

/** A crash at a client's first bytes would have come by then (ms). */
const survivedMs = 50;

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
