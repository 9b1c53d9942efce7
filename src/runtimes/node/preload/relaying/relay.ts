/**
 * Hands requests that reached an older generation to the side door of its successor, so that no client gets
 * older code after newer, and no request dies in a connection that is about to close.
 */
import type {
  ClientRequest,
  IncomingMessage,
  InformationEvent,
  OutgoingMessage,
  ServerResponse,
} from 'node:http';
import http from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { introduce } from '../../../protocol/door-client.ts';
import type { DoorPreface } from '../../../protocol/messages.ts';
import { clientOf, isGone, onGone } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { encrypt } from './encrypt.ts';
import { mayBeLast } from './pipelined.ts';
import { pipeUnseen } from './pipe-unseen.ts';
import { close as closeStream, errors, relayStream } from './relay-http2.ts';

/** RFC 9110, 7.6.1: they speak of one connection, and the client's is not the one to the door. */
const perConnection = /^(connection|keep-alive|proxy-connection)$/i;
/** Once more is enough: it may be what ends whoever answers it. */
const asked = new WeakSet<IncomingMessage>();
/** Unknown to HTTP/1.0. */
const chunked = /^(transfer-encoding|trailer)$/i;

/**
 * Relays it through a door that was approached; `onNobody` is called if nobody is behind the door, before a byte of it was
 * consumed, or if who is there dies of what can be asked again; `onAnswer` when the answer to an HTTP/1 request begins, in
 * the same turn of the loop as it is passed on; `isInner`: another server than the successor's listening one is to get it.
 */
export async function relay(
  way: Promise<Socket>,
  incoming: Incoming,
  onNobody: () => void,
  onAnswer?: () => void,
  isInner = false,
): Promise<void> {
  const letGo = onGone(incoming, () => undefined);
  const door = await way.catch(() => undefined);
  letGo();
  if (door === undefined || door.destroyed) {
    onNobody();
    return;
  }
  if (isGone(incoming)) {
    door.destroy();
    return;
  }
  introduce(door, prefaceOf(incoming));
  const client = clientOf(incoming);
  const socket = isInner && client !== undefined && 'encrypted' in client ? encrypt(door, client) : door;
  try {
    if (incoming.kind === 'stream') relayStream(socket, incoming.stream, incoming.headers);
    else if (incoming.kind === 'raw') relayRaw(socket, incoming.request, incoming.socket, incoming.head);
    else {
      const { request, response, event } = incoming;
      relayRequest(socket, request, response, event !== 'request', onAnswer, onNobody);
    }
  } catch {
    socket.destroy();
    refuse(incoming);
  }
}

/** No generation came for it. */
export function refuse(incoming: Incoming): void {
  if (incoming.kind === 'request') abandon(incoming.response);
  else if (incoming.kind === 'raw') incoming.socket.destroy();
  else closeStream(incoming.stream, errors.refused);
}

function prefaceOf(incoming: Incoming): DoorPreface {
  const client = clientOf(incoming);
  return {
    remoteAddress: client?.remoteAddress,
    remoteFamily: client?.remoteFamily,
    remotePort: client?.remotePort,
    localAddress: client?.localAddress,
    localPort: client?.localPort,
    alpn: incoming.kind === 'stream' ? 'h2' : undefined,
  };
}

/** Relays one request; the client's connection closes after it, or after those that follow: it comes back to new code. */
export function relayRequest(
  socket: Socket,
  request: IncomingMessage,
  response: ServerResponse,
  expect: boolean,
  onAnswer?: () => void,
  onNobody?: () => void,
): void {
  const isBare = !expect && isSafe(request);
  const upstream = new http.ClientRequest({
    createConnection: () => socket,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: headersOf(request, expect),
    setHost: false,
  });
  upstream.on('continue', () => {
    if (expect) response.writeContinue();
  });
  upstream.on('information', (info) => {
    forwardInformation(info, response);
  });
  upstream.on('response', (answer) => {
    onAnswer?.();
    try {
      forwardResponse(answer, request, response);
    } catch {
      upstream.destroy(); // Node reads headers that it doesn't write
      abandon(response);
    }
  });
  upstream.on('error', () => {
    const again = isBare && !response.headersSent && !response.destroyed && !asked.has(request);
    if (!again || onNobody === undefined) {
      abandon(response);
      return;
    }
    asked.add(request);
    onNobody();
  });
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
    socket.end();
  });
  if (isBare) upstream.end();
  else sendBody(request, upstream);
}

/** It changes nothing, and nothing of it has been read but its head: whoever comes next can answer it as well. */
function isSafe({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return !hasBody && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS');
}

function headersOf(request: IncomingMessage, expect: boolean): string[] {
  const { rawHeaders, headers } = request;
  const length = headers['content-length'] ?? headers['transfer-encoding'];
  // Without this Node would call the missing body of a POST chunked.
  const none = length === undefined ? ['Content-Length', '0'] : [];
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  return [...(expect ? rawHeaders : withoutHeader(rawHeaders, 'expect')), ...(bodiless ? [] : none)];
}

function sendBody(request: IncomingMessage, upstream: ClientRequest): void {
  flushSoon(upstream); // the answer may come before the first of the body
  pipeUnseen(request, upstream, () => {
    if (request.rawTrailers.length > 0) upstream.addTrailers(pairs(request.rawTrailers));
  });
  request.once('aborted', () => upstream.destroy());
}

function forwardResponse(answer: IncomingMessage, request: IncomingMessage, response: ServerResponse): void {
  const headers: string[] = [];
  const oldClient = request.httpVersionMajor === 1 && request.httpVersionMinor === 0;
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i] ?? '';
    if (perConnection.test(name) || (oldClient && chunked.test(name))) continue;
    headers.push(name, answer.rawHeaders[i + 1] ?? '');
  }
  if (mayBeLast(request, response)) headers.push('Connection', 'close');
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  flushSoon(response);
  // Before `pipeline`, whose own listener ends the response.
  answer.once('end', () => {
    if (answer.rawTrailers.length > 0) response.addTrailers(pairs(answer.rawTrailers));
  });
  pipeline(answer, response, () => undefined); // destroys the client's connection if the answer breaks off
}

/** The headers leave with what there is of the body by then: whom a piece wakes costs more than the piece. */
function flushSoon(message: OutgoingMessage): void {
  setImmediate(() => {
    if (!message.writableEnded && !message.destroyed) message.flushHeaders();
  });
}

function forwardInformation(info: InformationEvent, response: ServerResponse): void {
  if (info.statusCode === 102) response.writeProcessing();
  if (info.statusCode !== 103) return;
  const { link, ...others } = info.headers;
  // Node has joined the links, and takes them back only one by one.
  const links = String(link ?? '').split(/, *(?=<)/);
  try {
    response.writeEarlyHints({ ...(others as Record<string, string | string[]>), link: links });
  } catch {
    // Not as Node wants links to be: a hint less, and the answer comes all the same.
  }
}

/** Relays an upgrade or CONNECT byte by byte; the connection lives as long as this process. */
function relayRaw(door: Socket, request: IncomingMessage, client: Socket, head: Buffer): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    lines.push(`${request.rawHeaders[i] ?? ''}: ${request.rawHeaders[i + 1] ?? ''}`);
  }
  door.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) door.write(head);
  pipeline(client, door, client, () => undefined);
}

/** The successor broke off: an answer that has begun is cut, so that the client sees that it is not whole. */
function abandon(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end('Hot Swap: the new generation ended before it answered this request.\n');
}

function withoutHeader(raw: readonly string[], name: string): string[] {
  return raw.filter((_, i) => raw[i - (i % 2)]?.toLowerCase() !== name);
}

function pairs(raw: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) result.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return result;
}
