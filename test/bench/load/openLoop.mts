import { ask } from './ask.mts';
import { Connection } from './connection.mts';
import type { Exchange, Kind } from './exchange.mts';

const keptConnections = 20;
const streamEveryMs = 500;
const slowEvery = 20;
/** A stream takes two seconds: more than enough for those of every second. */
const streamConnections = 4;

/**
 * Open loop: the schedule says when a request is sent, however the server fares. Half of the requests come on
 * new connections, half on twenty kept ones; every twentieth on a new connection takes 300 ms to answer. A
 * two-second stream starts twice a second, so several are open whenever a swap happens to come.
 */
export class OpenLoop {
  readonly exchanges: Exchange[] = [];
  /** How late the schedule was kept; large figures mean that this process was starved, not the server. */
  readonly lateMs: number[] = [];
  private readonly kept: Connection[];
  private readonly streaming: Connection[];
  private readonly open = new Set<Promise<void>>();
  private readonly start = performance.now();
  private sent = 0;
  private streams = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly port: number,
    private readonly rate: number,
  ) {
    const keep = (): Connection => new Connection(port, true);
    this.kept = Array.from({ length: keptConnections }, keep);
    this.streaming = Array.from({ length: streamConnections }, keep);
    this.pump();
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.open);
    for (const connection of [...this.kept, ...this.streaming]) connection.close();
  }

  private pump(): void {
    const elapsed = performance.now() - this.start;
    for (; (this.sent * 1000) / this.rate <= elapsed; this.sent++) this.sendRequest(elapsed);
    for (; this.streams * streamEveryMs <= elapsed; this.streams++) this.sendStream();
    // Clients elsewhere would cost the server's processors nothing: no more turns than it takes to be on time.
    const next = Math.min((this.sent * 1000) / this.rate, this.streams * streamEveryMs);
    this.timer = setTimeout(() => this.pump(), Math.floor(next - elapsed));
  }

  private sendRequest(elapsed: number): void {
    const due = (this.sent * 1000) / this.rate;
    const turn = this.sent >> 1;
    this.lateMs.push(elapsed - due);
    if (this.sent % 2 === 1) {
      const kept = turn % keptConnections;
      this.send('request', `kept-${kept + 1}`, '/', this.kept[kept], due);
    } else if (turn % slowEvery === slowEvery - 1) {
      this.send('slow', 'new', '/slow?ms=300', undefined, due);
    } else {
      this.send('request', 'new', '/', undefined, due);
    }
  }

  private sendStream(): void {
    const kept = this.streams % 2 === 0 ? undefined : this.streaming[(this.streams >> 1) % streamConnections];
    this.send('stream', 'new', '/stream', kept, this.streams * streamEveryMs);
  }

  /** Without `kept` on a connection of its own. */
  private send(kind: Kind, client: string, path: string, kept: Connection | undefined, at: number): void {
    const connection = kept ?? new Connection(this.port, false);
    const clock = this.start + at;
    // Of now, not of the start: within minutes the two clocks come to differ by milliseconds.
    const due = { wall: Math.round(Date.now() - (performance.now() - clock)), clock };
    const answered = ask({ kind, client, path, connection, due }).then((exchange) => {
      this.exchanges.push(exchange);
      this.open.delete(answered);
    });
    this.open.add(answered);
  }
}
