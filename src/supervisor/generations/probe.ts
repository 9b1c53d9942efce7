/** Asks a generation's side door for a path before any client is let in. */
import http from 'node:http';
import { knock } from '../../runtimes/protocol/door-client.ts';
import type { DoorPreface } from '../../runtimes/protocol/messages.ts';

/** Between two questions (ms), and ever longer: clients wait meanwhile, and the server has other things to do. */
const againMs = { first: 10, last: 50 };

const self: DoorPreface = { remoteAddress: '127.0.0.1', remoteFamily: 'IPv4' };

export interface ProbeResult {
  readonly ok: boolean;
  /** `GET /health answered 503`. */
  readonly message: string;
}

/** Good is any status below 500: a login page or a redirect is an answer too. */
export async function probe(door: string, path: string, timeoutMs: number): Promise<ProbeResult> {
  try {
    const status = await get(door, path, timeoutMs);
    return { ok: status < 500, message: `GET ${path} answered ${String(status)}` };
  } catch (error) {
    return { ok: false, message: `GET ${path} got no answer: ${(error as Error).message}` };
  }
}

/**
 * Has the new generation answer these paths before anybody waits for them, so that what it loads and compiles on
 * its first requests costs no client. Never anything but GET, in turn; `budgetMs` bounds them all together.
 */
export async function warmUp(door: string, paths: readonly string[], budgetMs: number): Promise<void> {
  const until = performance.now() + budgetMs;
  for (const path of paths) {
    const left = until - performance.now();
    if (left <= 0) return;
    await get(door, path, left).catch(() => undefined); // an answer of any kind will do, and none, too
  }
}

/** What became of a question that was asked again and again. `nobody`: it can't be asked, or not any more. */
export interface Asked {
  readonly path: string;
  readonly result: 'good' | 'bad' | 'nobody';
  /** The last. */
  readonly status: string;
  readonly times: number;
}

/** Asks (GET) until the answer is below 500, for `mostMs`; whoever does not answer in that time is not good either. */
export async function askUntilGood(door: string, path: string, mostMs: number): Promise<Asked> {
  const until = performance.now() + mostMs;
  for (let times = 1, status = 'nothing'; ; times += 1) {
    const left = until - performance.now();
    if (left <= 0) return { path, result: 'bad', status, times };
    try {
      const answer = await get(door, path, left);
      if (answer < 500) return { path, result: 'good', status: String(answer), times };
      status = String(answer);
    } catch {
      if (performance.now() < until) return { path, result: 'nobody', status, times };
    }
    const pauseMs = Math.min(againMs.last, againMs.first * times);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function get(door: string, path: string, timeoutMs: number): Promise<number> {
  const socket = await knock(door, self, timeoutMs);
  return await new Promise<number>((resolve, reject) => {
    const request = http.get(
      {
        path,
        headers: { Host: 'localhost', Connection: 'close' },
        createConnection: () => socket,
        timeout: timeoutMs,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer within ${String(timeoutMs)} ms`)));
    request.on('error', reject);
  });
}
