/** Clients that never forgive: they ask without a pause, repeat nothing, and remember what they saw. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  /** Of the code that answered: 2 for `v2`. */
  readonly version: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface ClientOptions {
  readonly path?: string;
  /** Between an answer and the next request of the same client, in milliseconds. */
  readonly pauseMs?: number;
  /** How many clients of each kind. */
  readonly each?: number;
  /** What to say beside it when they don't see what they should. */
  readonly explain?: () => string;
}

/** Half of them keep their connection, half make a new one for every request. */
export class Clients {
  readonly answers: Answer[] = [];
  readonly failures: string[] = [];
  private readonly answered = new EventEmitter();
  private readonly agents: http.Agent[] = [];
  private readonly loops: Promise<void>[] = [];
  private over = false;

  constructor(
    readonly port: number,
    private readonly options: ClientOptions = {},
  ) {
    for (let i = 0; i < (options.each ?? 2); i += 1) {
      for (const keepAlive of [true, false]) {
        const agent = new http.Agent(keepAlive ? { keepAlive, maxSockets: 1 } : {});
        this.agents.push(agent);
        this.loops.push(this.ask(agent));
      }
    }
  }

  /** Waits for an answer, to a request that is sent from now on, by that version. */
  async sees(version: number, patienceMs = 30_000): Promise<void> {
    const since = performance.now();
    const find = (): boolean =>
      this.answers.some((answer) => answer.version === version && answer.sentAt >= since);
    try {
      const signal = AbortSignal.timeout(patienceMs);
      while (!find()) await once(this.answered, 'answer', { signal });
    } catch {
      const seen = JSON.stringify({ last: this.answers.at(-1), failures: this.failures.slice(0, 3) });
      throw new Error(
        `no client saw v${version} within ${patienceMs} ms: ${seen}\n${this.options.explain?.() ?? ''}`,
      );
    }
  }

  /** Ends them and checks what they saw: no failure, and nowhere older code after newer. */
  async sawNoSwap(): Promise<void> {
    await this.end();
    assert.deepEqual(this.failures, [], 'no request failed');
    assert.ok(this.answers.length > 0, 'somebody asked');
    for (const older of this.answers) {
      const newer = this.answers.find(
        (other) => other.version > older.version && other.receivedAt < older.sentAt,
      );
      assert.equal(
        newer,
        undefined,
        `v${older.version} answered after newer code had: ${JSON.stringify(older)}`,
      );
    }
  }

  async end(): Promise<void> {
    this.over = true;
    await Promise.all(this.loops);
    for (const agent of this.agents) agent.destroy();
  }

  private async ask(agent: http.Agent): Promise<void> {
    while (!this.over) {
      const sentAt = performance.now();
      try {
        const body = await get(this.port, this.options.path, agent);
        const version = Number(/\bv(\d+)\b/.exec(body)?.[1]);
        if (Number.isNaN(version)) throw new Error(`an answer without a version: ${body}`);
        this.answers.push({ version, sentAt, receivedAt: performance.now() });
      } catch (error) {
        this.failures.push(String(error));
      }
      this.answered.emit('answer');
      await sleep(this.options.pauseMs ?? 40);
    }
  }
}

/** The body; rejects unless the status is 200. */
export function get(port: number, path = '/', agent: http.Agent = new http.Agent()): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent, timeout: 20_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.on('error', reject);
      response.on('end', () =>
        response.statusCode === 200 ? resolve(body) : reject(new Error(`${response.statusCode}: ${body}`)),
      );
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('no answer for 20 s')));
  });
}

/** Which process answers. */
export async function pidOf(port: number): Promise<number> {
  return (JSON.parse(await get(port, '/health')) as { pid: number }).pid;
}
