/** What this process has to answer, one by one, for those who want to know what keeps a drain waiting. */
import type { ServerHttp2Stream } from 'node:http2';
import { mostOpen } from '../../../../shared/told/requests.ts';
import type { OpenRequest, OpenRequests } from '../../../../shared/told/requests.ts';
import type { HttpSocket } from '../engine/internals.ts';
import { kindOf, kindOfStream } from './drain.ts';
import type { Count } from './drain.ts';
import type { Traffic } from './traffic.ts';

/** Those that are held or were passed on are others'. */
const kinds: Readonly<Partial<Record<keyof Count, OpenRequest['kind']>>> = {
  requests: 'request',
  eventStreams: 'eventStream',
  webSockets: 'webSocket',
};

/** Of several processes, each has its own. */
const perProcess = 100_000;
const ids = new WeakMap<object, number>();
let lastId = 0;

interface Open {
  readonly what: HttpSocket | ServerHttp2Stream;
  describe(): OpenRequest;
}

export function openRequests(traffic: readonly Traffic[]): OpenRequests {
  const all = [...open(traffic)].map(({ describe }) => describe()).sort((a, b) => b.ageMs - a.ageMs);
  return { requests: all.slice(0, mostOpen), more: Math.max(0, all.length - mostOpen) };
}

/** Ends it, as its client would. True if it was a request, which is lost. */
export function cutRequest(traffic: readonly Traffic[], id: number): boolean {
  for (const { what, describe } of open(traffic)) {
    if (ids.get(what) !== id) continue;
    const { kind } = describe();
    if ('close' in what) what.close();
    else what.destroy();
    return kind === 'request';
  }
  return false;
}

function* open(traffic: readonly Traffic[]): Generator<Open> {
  for (const one of traffic) {
    for (const socket of one.clients.httpSockets) {
      const kind = kinds[kindOf(one, socket)];
      if (kind !== undefined) yield { what: socket, describe: () => ofSocket(one, socket, kind) };
    }
    for (const stream of one.clients.http2Streams) {
      const kind = kinds[kindOfStream(one, stream)];
      if (kind !== undefined) yield { what: stream, describe: () => ofStream(one, stream, kind) };
    }
  }
}

function ofSocket({ clients }: Traffic, socket: HttpSocket, kind: OpenRequest['kind']): OpenRequest {
  const id = idOf(socket);
  const response = socket._httpMessage;
  const upgraded = clients.webSockets.get(socket);
  if (upgraded !== undefined)
    return { id, kind, method: 'GET', path: upgraded.path, ageMs: performance.now() - upgraded.at };
  const { method = '', url = '' } = response?.req ?? {};
  // Since its head was sent, which says when; to the second.
  const sent = Date.parse(/^date: *(.+)$/im.exec(response?._header ?? '')?.[1] ?? '');
  const seenMs = clients.ageOf(response ?? socket);
  const ageMs = Number.isNaN(sent) ? seenMs : Math.max(seenMs, Date.now() - sent);
  return { id, kind, method, path: url, ageMs };
}

function ofStream({ clients }: Traffic, stream: ServerHttp2Stream, kind: OpenRequest['kind']): OpenRequest {
  const headers = (stream as { readonly sentHeaders?: Record<string, unknown> }).sentHeaders ?? {};
  const sent = Date.parse(String(headers['date']));
  const seenMs = clients.ageOf(stream);
  const ageMs = Number.isNaN(sent) ? seenMs : Math.max(seenMs, Date.now() - sent);
  // What the client asked for, Node shows to nobody but the app.
  return { id: idOf(stream), kind, method: 'HTTP/2', path: `stream ${String(stream.id)}`, ageMs };
}

function idOf(what: object): number {
  const id = ids.get(what) ?? process.pid * perProcess + (++lastId % perProcess);
  ids.set(what, id);
  return id;
}
