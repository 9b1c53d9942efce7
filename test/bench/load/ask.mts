import type { Connection } from './connection.mts';
import type { Exchange, Kind } from './exchange.mts';
import type { Response } from './response.mts';

export interface Question {
  kind: Kind;
  client: string;
  path: string;
  connection: Connection;
  due: { wall: number; clock: number };
}

/** Without a byte from the server. Does not run while the request waits for its turn on a kept connection. */
const silenceMs = 10_000;
/** In all, so that a server that hangs does not keep the bench waiting through a long queue. */
const patienceMs = 60_000;
const lastLine = 'end of stream\n';
let order = 0;

/** Sends one request, once, and never throws: what went wrong is in the exchange. */
export function ask(question: Question, onVersion?: (version: number) => void): Promise<Exchange> {
  const { kind, client, path, connection, due } = question;
  const exchange: Exchange = { kind, client, due: due.wall, tookMs: 0, done: 0, reused: false };
  return new Promise((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    const giveUp = connection.ask(path, {
      begins: (reused) => {
        exchange.reused = reused;
        silence = setTimeout(timeOut, silenceMs);
      },
      sends: () => {
        exchange.sent = Date.now();
        exchange.sentOrder = ++order;
      },
      hears: ({ status, body }) => {
        silence?.refresh();
        if (exchange.version !== undefined || status !== 200) return;
        const version = /\bv(\d+)\b/.exec(body)?.[1];
        if (version === undefined) return;
        exchange.version = Number(version);
        exchange.first = Date.now();
        exchange.firstOrder = ++order;
        onVersion?.(exchange.version);
      },
      ends: (response, error) => finish(problemOf(response, error)),
    });
    const patience = setTimeout(timeOut, patienceMs);

    function timeOut(): void {
      giveUp();
      finish('timeout');
    }

    function finish(error: string | undefined): void {
      clearTimeout(patience);
      clearTimeout(silence);
      exchange.done = Date.now();
      exchange.tookMs = performance.now() - due.clock;
      if (error !== undefined) exchange.error = error;
      resolve(exchange);
    }

    function problemOf(response: Response, error: NodeJS.ErrnoException | undefined): string | undefined {
      if (!response.hasBegun) return error === undefined ? 'reset' : nameOf(error);
      if (response.status !== 200) return `status ${response.status}`;
      const whole = response.isWhole && (kind !== 'stream' || response.body.endsWith(lastLine));
      return whole && exchange.version !== undefined ? undefined : 'truncated';
    }
  });
}

function nameOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
  return error.code ?? error.message;
}
