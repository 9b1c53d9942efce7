import { setTimeout as sleep } from 'node:timers/promises';
import type { Post } from '../recipe.mts';
import { fill } from '../recipe.mts';
import type { Answered, Clients, Question } from './clients.mts';

const rate = 50;
const keptConnections = 10;
const postEvery = 10;
/** While a save is awaited, beside the load. */
const pollMs = 10;
const mostPolls = 3;

/** What one row is asked for. */
export interface Asked {
  readonly get: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly post?: Post;
}

/** Open loop: the schedule says when a request is sent, however the server fares. Nothing is repeated. */
export class Load {
  readonly answers: Answered[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly start = performance.now();
  private sent = 0;
  private polls = 0;
  private newest = 0;
  private seenAt = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clients: Clients,
    private readonly asked: Asked,
  ) {
    this.pump();
  }

  /** Milliseconds since the epoch at which the first answer knew of that save; asked for often until then. */
  async untilSeen(number: number, timeoutMs: number): Promise<number | undefined> {
    const end = performance.now() + timeoutMs;
    while (this.newest < number && performance.now() < end) {
      if (this.polls < mostPolls) {
        this.polls++;
        void this.send(questionOf(this.asked, 0), undefined).then(() => this.polls--);
      }
      await sleep(pollMs);
    }
    return this.seenAt.get(number);
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<Answered[]> {
    clearTimeout(this.timer);
    await Promise.all(this.underWay);
    this.clients.close();
    return this.answers;
  }

  private pump(): void {
    const elapsed = performance.now() - this.start;
    for (; (this.sent * 1000) / rate <= elapsed; this.sent++) {
      const kept = `kept-${(this.sent >> 1) % keptConnections}`;
      void this.send(questionOf(this.asked, this.sent), this.sent % 2 === 1 ? kept : undefined);
    }
    this.timer = setTimeout(() => this.pump(), Math.max(1, (this.sent * 1000) / rate - elapsed));
  }

  private send(question: Question, client: string | undefined): Promise<void> {
    const answered = this.clients.ask(question, client).then((answer) => {
      this.answers.push(answer);
      this.underWay.delete(answered);
      const { version = 0, first } = answer;
      for (; this.newest < version; this.newest++) this.seenAt.set(this.newest + 1, first ?? Date.now());
    });
    this.underWay.add(answered);
    return answered;
  }
}

export function questionOf({ get, headers, post }: Asked, turn: number): Question {
  if (post !== undefined && turn % postEvery === postEvery - 1 - ((turn / postEvery) & 1)) {
    const body = fill(post.body, { n: turn });
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    const method = post.method ?? 'POST';
    const name = `${method} ${post.path}`;
    return {
      name,
      path: fill(post.path, { n: turn }),
      method,
      body,
      headers: { ...headers, ...post.headers, ...length },
    };
  }
  const path = get[(turn >> 1) % get.length] ?? '/';
  return { name: `GET ${path}`, path, headers };
}
