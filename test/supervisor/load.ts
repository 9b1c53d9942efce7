/** Requests to one server, a hundred a second, half of them on kept connections: what came of them. */
import http from 'node:http';
import type { TestContext } from 'node:test';
import { request } from './running.ts';

const everyMs = 10;
/** Of a busy machine: more would only wait. */
const mostOpen = 100;

export interface Outcome {
  readonly answered: number;
  /** Answers of 500 and above. */
  readonly bad: number;
  /** Nobody listened. */
  readonly refused: number;
  /** Connections that ended without an answer. */
  readonly cut: number;
}

export class Load {
  /** The last body. */
  latest = '';
  /** Answers `vN` that are older than one that was there when they were asked for. */
  stale = 0;
  private newest = 0;
  private readonly port: number;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 5 });
  private readonly timer: NodeJS.Timeout;
  private readonly pending = new Set<Promise<void>>();
  private readonly hopes = new Set<{ readonly since: number; readonly resolve: () => void }>();
  private sent = 0;
  private answered = 0;
  private bad = 0;
  private refused = 0;
  private cut = 0;

  private constructor(port: number) {
    this.port = port;
    this.timer = setInterval(() => {
      if (this.pending.size < mostOpen) this.send();
    }, everyMs);
  }

  static start(t: TestContext, port: number): Load {
    const load = new Load(port);
    t.after(() => load.stop());
    return load;
  }

  /** Resolves when a request that is sent from now on was answered. */
  answeredSince(): Promise<void> {
    return new Promise((resolve) => this.hopes.add({ since: this.sent, resolve }));
  }

  async stop(): Promise<Outcome> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    this.agent.destroy();
    const { answered, bad, refused, cut } = this;
    return { answered, bad, refused, cut };
  }

  private send(): void {
    const number = (this.sent += 1);
    const agent = number % 2 === 0 ? this.agent : false;
    const { newest } = this;
    const pending = request({ port: this.port, host: '127.0.0.1', path: '/', agent }).then(
      ({ status, body }) => {
        this.answered += 1;
        if (status >= 500) this.bad += 1;
        else this.latest = body;
        const version = Number(/^v(\d+)$/.exec(body)?.[1] ?? this.newest);
        if (version < newest) this.stale += 1;
        this.newest = Math.max(version, this.newest);
        for (const hope of this.hopes) {
          if (number <= hope.since) continue;
          this.hopes.delete(hope);
          hope.resolve();
        }
      },
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.refused += 1;
        else this.cut += 1;
      },
    );
    this.pending.add(pending);
    void pending.finally(() => this.pending.delete(pending));
  }
}
