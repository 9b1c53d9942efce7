/** Asks a generation's side door for a path before any client is let in. */
import http from 'node:http';
import { knock } from '../runtimes/door-client.ts';
import type { DoorPreface } from '../runtimes/protocol.ts';

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
