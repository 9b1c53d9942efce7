/**
 * Requests that a client sent before it had the answer to the one before (RFC 9112, 9.3.2). Whoever ends the connection
 * after an answer loses those that follow it, so that is said in the last one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpSocket } from '../engine/internals.ts';
import { isGone } from './incoming.ts';
import type { Incoming } from './incoming.ts';

const { setImmediate } = globalThis; // the app may replace it

/** Who sends ahead is about to: it is told to come back on another connection after so long (ms), between two requests. */
const patienceMs = 1000;
/** Who never rests is told all the same (ms). */
const mostMs = 10_000;

/** By connection: the last one that came before its turn. */
const latest = new WeakMap<Socket, ServerResponse>();
/** By connection: the answer that is to be its last. */
const ending = new WeakMap<Socket, ServerResponse>();
/** By connection: since when it is no more to be used. */
const spared = new WeakMap<Socket, number>();

/** Of every request: Node gives an answer its connection when it is its turn. */
export function noteTurn(request: IncomingMessage, response: ServerResponse): void {
  if (response.socket === null && typeof request.socket === 'object') follow(request.socket, response);
}

function follow(socket: Socket, response: ServerResponse): void {
  latest.set(socket, response);
  const before = ending.get(socket);
  ending.delete(socket);
  if (before?.headersSent === false) before.shouldKeepAlive = true;
}

/** The last answer that is due on a connection. */
export function lastDue(socket: HttpSocket): ServerResponse | undefined {
  const last = latest.get(socket);
  return last === undefined || last.writableFinished ? (socket._httpMessage ?? undefined) : last;
}

/** Whether the connection can end with this answer, of which nothing is sent yet. */
export function mayBeLast({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const last = latest.get(socket);
  if (last === undefined) return true;
  const since = spared.get(socket) ?? performance.now();
  spared.set(socket, since);
  const hasFollower = last !== response && !last.writableFinished;
  return performance.now() - since > (hasFollower ? mostMs : patienceMs);
}

/** The connection is to end with this answer, or with one that follows it. */
export function endWith(socket: Socket, response: ServerResponse): void {
  if (!response.shouldKeepAlive || response.headersSent) return;
  response.shouldKeepAlive = false;
  ending.set(socket, response);
}

/**
 * `give`: has the app answer, if the client is still there then. Those that were sent with it are read first: an answer
 * that is given at once would end their connection. False: it is no request.
 */
export function answerLast(incoming: Incoming, give: () => void): boolean {
  if (incoming.kind !== 'request') return false;
  endWith(incoming.request.socket, incoming.response);
  setImmediate(() => {
    if (!isGone(incoming)) give();
  });
  return true;
}
