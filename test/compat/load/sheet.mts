import type { Answered, Question } from './clients.mts';
import { numberOf } from './marks.mts';

/** Without a byte: longer than most people wait, shorter than any hold. */
const silenceMs = 20_000;
let order = 0;

/** What is written down of one question while it is asked. */
export class Sheet {
  readonly answered: Promise<Answered>;
  private readonly sheet: Answered;
  private readonly start = performance.now();
  private readonly silence: NodeJS.Timeout;
  private finish: (answered: Answered) => void = () => {};

  constructor(question: Question, client: string | undefined, giveUp: () => void) {
    this.sheet = {
      question: question.name,
      kind: 'request',
      client: client ?? 'new',
      due: Date.now(),
      tookMs: 0,
      done: 0,
      reused: false,
    };
    this.answered = new Promise((resolve) => (this.finish = resolve));
    this.silence = setTimeout(() => {
      this.end('timeout');
      giveUp();
    }, silenceMs);
  }

  begins(reused: boolean): void {
    this.sheet.reused = reused;
    this.silence.refresh();
  }

  sends(): void {
    this.sheet.sent = Date.now();
    this.sheet.sentOrder = ++order;
  }

  hears(status: number, head: string, body = ''): void {
    this.silence.refresh();
    const number = numberOf(head, body);
    if (this.sheet.first !== undefined && number <= (this.sheet.version ?? 0)) return;
    this.sheet.status = status;
    this.sheet.version = number;
    this.sheet.first = Date.now();
    this.sheet.firstOrder = ++order;
  }

  /** Without a problem: it was answered in whole. */
  end(problem?: string): void {
    if (this.sheet.done !== 0) return;
    clearTimeout(this.silence);
    this.sheet.done = Date.now();
    this.sheet.tookMs = performance.now() - this.start;
    if (problem !== undefined) this.sheet.error = problem;
    this.finish(this.sheet);
  }
}

export function problemOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
  return error.code ?? error.message;
}
