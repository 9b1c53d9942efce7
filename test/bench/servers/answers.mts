import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds until a server answers 200, with this version if one is given; asked every five. */
export async function untilAnswer(port: number, version?: number, timeoutMs = 30_000): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < timeoutMs) {
    const body = await answerOf(port);
    if (body !== undefined && (version === undefined || new RegExp(`\\bv${version}\\b`).test(body))) {
      return performance.now() - start;
    }
    await sleep(5);
  }
  throw new Error(`no answer${version ? ` from v${version}` : ''} on port ${port} in ${timeoutMs} ms`);
}

/** The body of a 200; undefined if there is none. */
export function answerOf(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, agent: false, timeout: 5000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.once('error', () => resolve(undefined));
      response.once('end', () => resolve(response.statusCode === 200 ? body : undefined));
    });
    request.once('timeout', () => request.destroy()); // 'error' follows
    request.once('error', () => resolve(undefined));
  });
}
