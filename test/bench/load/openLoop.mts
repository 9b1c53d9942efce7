import http from 'node:http';
import { ask } from './ask.mts';
import type { Exchange, Kind } from './exchange.mts';

const keptConnections = 20;
const streamEveryMs = 500;
const slowEvery = 20;

/**
 * Open loop: the schedule says when a request is sent, however the server fares. Half of the requests come on
 * new connections, half on twenty kept ones; every twentieth on a new connection takes 300 ms to answer. A
 * two-second stream starts twice a second, so several are open whenever a swap happens to come.
 */
export class OpenLoop {
  readonly exchanges: Exchange[] = [];
  /** How late the schedule was kept; large figures mean that this process was starved, not the server. */
  readonly lateMs: number[] = [];
  private readonly kept = Array.from({ length: keptConnections }, (_, i) => ({
    client: `kept-${i + 1}`,
    agent: new http.Agent({ keepAlive: true, maxSockets: 1 }),
  }));
  private readonly streaming = new http.Agent({ keepAlive: true });
  private readonly open = new Set<Promise<void>>();
  private readonly start = performance.now();
  private sent = 0;
  private streams = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly port: number,
    private readonly rate: number,
  ) {
    this.pump();
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.open);
    for (const agent of [this.streaming, ...this.kept.map((one) => one.agent)]) agent.destroy();
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
      const { client, agent } = this.kept[turn % keptConnections]!;
      this.send('request', client, '/', agent, due);
    } else if (turn % slowEvery === slowEvery - 1) {
      this.send('slow', 'new', '/slow?ms=300', false, due);
    } else {
      this.send('request', 'new', '/', false, due);
    }
  }

  private sendStream(): void {
    const agent = this.streams % 2 === 0 ? false : this.streaming;
    this.send('stream', 'new', '/stream', agent, this.streams * streamEveryMs);
  }

  private send(kind: Kind, client: string, path: string, agent: http.Agent | false, at: number): void {
    const clock = this.start + at;
    // Of now, not of the start: within minutes the two clocks come to differ by milliseconds.
    const due = { wall: Math.round(Date.now() - (performance.now() - clock)), clock };
    const answered = ask({ kind, client, port: this.port, path, agent, due }).then((exchange) => {
      this.exchanges.push(exchange);
      this.open.delete(answered);
    });
    this.open.add(answered);
  }
}
