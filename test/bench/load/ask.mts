import http from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange, Kind } from './exchange.mts';

export interface Question {
  kind: Kind;
  client: string;
  port: number;
  path: string;
  /** `false`: a connection of its own, closed afterwards. */
  agent: http.Agent | false;
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
  const { kind, client, port, path, agent, due } = question;
  const exchange: Exchange = { kind, client, due: due.wall, tookMs: 0, done: 0, reused: false };
  return new Promise((resolve) => {
    const patience = setTimeout(() => finish('timeout'), patienceMs);
    let silence: NodeJS.Timeout | undefined;
    const request = http.get({ host: '127.0.0.1', port, path, agent });

    function finish(error?: string): void {
      if (exchange.done) return;
      clearTimeout(patience);
      clearTimeout(silence);
      exchange.done = Date.now();
      exchange.tookMs = performance.now() - due.clock;
      if (error) exchange.error = error;
      if (error === 'timeout') request.destroy();
      resolve(exchange);
    }

    // Registered before node:http's own listener writes the request: what follows is just before the send,
    // never after it, so an answer from old code can't be excused by a late stamp.
    request.once('socket', (socket: Socket) => {
      exchange.reused = request.reusedSocket;
      silence = setTimeout(() => finish('timeout'), silenceMs);
      if (socket.connecting) socket.once('connect', stampSent);
      else stampSent();
    });
    function stampSent(): void {
      exchange.sent = Date.now();
      exchange.sentOrder = ++order;
    }

    request.once('error', (error: NodeJS.ErrnoException) => finish(nameOf(error)));
    request.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
        silence?.refresh();
        const version = exchange.version === undefined ? /\bv(\d+)\b/.exec(body)?.[1] : undefined;
        if (version === undefined || response.statusCode !== 200) return;
        exchange.version = Number(version);
        exchange.first = Date.now();
        exchange.firstOrder = ++order;
        onVersion?.(exchange.version);
      });
      response.once('error', () => finish('truncated'));
      response.once('end', () => {
        const whole = response.complete && (kind !== 'stream' || body.endsWith(lastLine));
        if (response.statusCode !== 200) finish(`status ${response.statusCode}`);
        else finish(whole && exchange.version !== undefined ? undefined : 'truncated');
      });
    });
  });
}

function nameOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
  return error.code ?? error.message;
}
