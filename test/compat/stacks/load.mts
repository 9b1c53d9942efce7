/** A hundred requests a second in open loop, half of them kept alive, a two-second answer each second, and a stream of events. */
import { Connection } from '../../bench/load/connection.mts';
import type { Response } from '../../bench/load/response.mts';
import type { Answered } from '../load/clients.mts';
import { numberOf } from '../load/marks.mts';
import { problemOf, Sheet } from '../load/sheet.mts';
import { StreamWatch } from '../load/streams.mts';
import type { StreamResult } from '../figures/result.mts';
import type { Stack } from './stack.mts';

const rate = 100;
const keptConnections = 10;
const slowEveryMs = 1000;
const pollMs = 5;
const mostPolls = 3;
/** Of a busy machine, and of one kept connection: more would only wait for each other. */
const mostOpen = 100;
const mostWaiting = 3;

export class StackLoad {
  readonly answers: Answered[] = [];
  /** Of the two-second answers. */
  readonly slow: Answered[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly waits = new Map<string, number>();
  private readonly kept = new Map<string, Connection>();
  private readonly start = performance.now();
  private readonly events: StreamWatch | undefined;
  private slowTimer: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sent = 0;
  private polls = 0;
  private newest = 0;
  private readonly seenAt = new Map<number, number>();

  constructor(
    private readonly port: number,
    streams: Stack['streams'],
  ) {
    this.pump();
    const { slow, events } = streams ?? {};
    if (slow !== undefined) this.slowTimer = setInterval(() => this.askSlowly(slow), slowEveryMs);
    if (events === undefined) return;
    this.events = new StreamWatch({ is: 'events', path: events }, { host: '127.0.0.1', port });
  }

  /** When the first answer knew of that save (ms since the epoch); asked for often until then. */
  async untilSeen(number: number, timeoutMs: number): Promise<number | undefined> {
    const end = performance.now() + timeoutMs;
    while (this.newest < number && performance.now() < end) {
      if (this.polls < mostPolls) {
        this.polls++;
        void this.send(undefined).then(() => this.polls--);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    return this.seenAt.get(number);
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<StreamResult | undefined> {
    clearTimeout(this.timer);
    clearInterval(this.slowTimer);
    const events = this.events?.stop();
    await Promise.all(this.underWay);
    for (const connection of this.kept.values()) connection.close();
    return events;
  }

  private pump(): void {
    const elapsed = performance.now() - this.start;
    for (; (this.sent * 1000) / rate <= elapsed; this.sent++) {
      const client = this.sent % 2 === 1 ? `kept-${(this.sent >> 1) % keptConnections}` : undefined;
      if (this.underWay.size < mostOpen && this.waiting(client) < mostWaiting) void this.send(client);
    }
    this.timer = setTimeout(() => this.pump(), Math.max(1, (this.sent * 1000) / rate - elapsed));
  }

  private waiting(client: string | undefined): number {
    return client === undefined ? 0 : (this.waits.get(client) ?? 0);
  }

  private askSlowly(path: string): void {
    void this.await(this.ask(path, undefined), (answer, body) => {
      if (answer.error === undefined && !body.includes('end')) answer.error = 'truncated';
      this.slow.push(answer);
    });
  }

  private send(client: string | undefined): Promise<void> {
    if (client !== undefined) this.waits.set(client, this.waiting(client) + 1);
    return this.await(this.ask('/', client), (answer, body) => {
      if (client !== undefined) this.waits.set(client, this.waiting(client) - 1);
      if (answer.error === undefined) answer.version = numberOf('', body);
      this.answers.push(answer);
      const { version = 0, first } = answer;
      for (; this.newest < version; this.newest++) this.seenAt.set(this.newest + 1, first ?? Date.now());
    });
  }

  private await(
    asked: Promise<{ answer: Answered; body: string }>,
    then: (answer: Answered, body: string) => void,
  ): Promise<void> {
    const pending = asked.then(({ answer, body }) => {
      then(answer, body);
      this.underWay.delete(pending);
    });
    this.underWay.add(pending);
    return pending;
  }

  private ask(path: string, client: string | undefined): Promise<{ answer: Answered; body: string }> {
    const connection = this.connectionOf(client);
    let giveUp = (): void => {};
    const sheet = new Sheet({ name: `GET ${path}`, path }, client, () => giveUp());
    let body = '';
    giveUp = connection.ask(path, {
      begins: (reused) => sheet.begins(reused),
      sends: () => sheet.sends(),
      hears: (response: Response) => {
        if (response.hasBegun) sheet.hears(response.status, response.head, response.body);
      },
      ends: (response: Response, error?: NodeJS.ErrnoException) => {
        ({ body } = response);
        if (response.isWhole) sheet.end(response.status < 500 ? undefined : String(response.status));
        else if (response.hasBegun) sheet.end('truncated');
        else sheet.end(error === undefined ? 'reset' : problemOf(error));
      },
    });
    return sheet.answered.then((answer) => ({ answer, body }));
  }

  private connectionOf(client: string | undefined): Connection {
    if (client === undefined) return new Connection(this.port, false);
    const known = this.kept.get(client) ?? new Connection(this.port, true);
    this.kept.set(client, known);
    return known;
  }
}
