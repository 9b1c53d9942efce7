/**
 * Ends what a generation still holds after the cutover, each kind in the way its clients expect: responses are
 * finished, event streams ended and WebSockets closed with 1012 so that they come back to new code, idle
 * connections left until their next request (which is relayed) or their keep-alive timeout.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { DrainProgress, DrainResult } from '../../../../shared/model.ts';
import type { HttpSocket } from '../engine/internals.ts';
import { endWith, lastDue } from '../relaying/pipelined.ts';
import { Farewell } from './farewell.ts';
import { Silence } from '../relaying/silence.ts';
import type { Traffic } from './traffic.ts';

const { setImmediate } = globalThis; // the app may replace it

/** RFC 6455, 5.5.1 and 7.4: an unmasked close frame with status 1012, "service restart". */
const serviceRestart = Buffer.from([0x88, 0x02, 0x03, 0xf4]);

/** How long a client may take to answer a close frame. */
const closeGraceMs = 1000;
/** Who has asked nothing for so long is not about to (ms). */
const idleMs = 300;
/** How often it says that it stays for what it passed on. */
const beatMs = 1000;

export interface Count {
  requests: number;
  /** Held, or relayed to the successor: not for this generation to answer. */
  diverted: number;
  eventStreams: number;
  webSockets: number;
  idle: number;
}

const none: Readonly<Count> = { requests: 0, diverted: 0, eventStreams: 0, webSockets: 0, idle: 0 };

export interface DrainEvents {
  /** Called once: nothing is left that this generation is needed for. */
  done(result: DrainResult): void;
  /** Its time is over, and it stays for what it passed on. Called again and again. */
  passing(): void;
}

export class Drain {
  private readonly traffic: readonly Traffic[];
  private readonly begun: Count = { ...none };
  private readonly deadline: NodeJS.Timeout;
  private readonly farewell: Farewell;
  private readonly idleTimer: NodeJS.Timeout | undefined;
  private readonly silence: Silence | undefined;
  /** Somebody waits for the end of this process. */
  readonly isLast: boolean;
  private readonly events: DrainEvents;
  private beat: NodeJS.Timeout | undefined;
  private lost: number | undefined;
  /** By hand. */
  private cut = 0;
  private over = false;

  /**
   * Starts at once. It is over when no connection is left, or after `drainMs`: that is for its own requests. What it
   * passed on lives as long as the successor does that works on it. `isLast`: there is no successor yet, so idle
   * connections are closed.
   */
  constructor(traffic: readonly Traffic[], drainMs: number, isLast: boolean, events: DrainEvents) {
    this.traffic = traffic;
    this.isLast = isLast;
    this.events = events;
    for (const one of traffic) {
      for (const socket of one.clients.httpSockets) this.dismiss(one, socket);
      for (const stream of one.clients.http2Streams) this.dismissStream(one, stream);
    }
    this.deadline = setTimeout(() => {
      this.expire();
    }, drainMs);
    this.farewell = new Farewell(traffic.map(({ clients }) => clients));
    // What has arrived by then is read first: timers come before the network's turn, immediates after it.
    if (isLast) this.idleTimer = setTimeout(() => setImmediate(() => this.closeIdle()), idleMs);
    if (isLast) this.silence = new Silence(() => this.unknown());
    this.check();
  }

  get progress(): DrainProgress {
    return progressOf(this.traffic);
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Requests to be answered, here or by the successor. */
  get busy(): boolean {
    return countOf(this.traffic).requests > 0 || this.isPassing;
  }

  /** Others work on requests that came to it. */
  get isPassing(): boolean {
    return countOf(this.traffic).diverted > 0;
  }

  /** One of its requests was ended by hand. */
  cutOne(): void {
    this.cut += 1;
  }

  /** To be called whenever a connection has closed. */
  check(): void {
    const isEmpty = this.traffic.every((one) => one.clients.connections.size === 0 && one.held === 0);
    if (isEmpty || (this.lost !== undefined && !this.isPassing)) this.finish();
  }

  /** The generation serves again. */
  cancel(): void {
    this.over = true;
    this.farewell.cancel();
    clearTimeout(this.deadline);
    clearTimeout(this.idleTimer);
    this.silence?.cancel();
    clearInterval(this.beat);
  }

  private closeIdle(): void {
    if (this.over) return;
    for (const one of this.traffic)
      for (const socket of one.clients.httpSockets) if (kindOf(one, socket) === 'idle') socket.end();
  }

  /** Of which nobody knows what is said on them. */
  private unknown(): Socket[] {
    return this.traffic.flatMap((one) =>
      [...one.clients.httpSockets].filter(
        (socket) => kindOf(one, socket) === 'requests' && !socket._httpMessage,
      ),
    );
  }

  private dismiss(traffic: Traffic, socket: HttpSocket): void {
    const kind = kindOf(traffic, socket);
    this.begun[kind] += 1;
    if (kind !== 'idle') traffic.clients.ageOf(socket._httpMessage ?? socket);
    const last = lastDue(socket);
    if (kind === 'requests' && last) endWith(socket, last);
    else if (kind === 'eventStreams') endEventStream(socket);
    else if (kind === 'webSockets') closeWebSocket(socket);
  }

  private dismissStream(traffic: Traffic, stream: ServerHttp2Stream): void {
    const kind = kindOfStream(traffic, stream);
    this.begun[kind] += 1;
    traffic.clients.ageOf(stream);
    if (kind === 'eventStreams') stream.close();
  }

  private expire(): void {
    if (this.over) return;
    this.lost = countOf(this.traffic).requests;
    this.farewell.now();
    for (const one of this.traffic) {
      one.refuse();
      for (const socket of one.clients.httpSockets) if (kindOf(one, socket) === 'requests') socket.destroy();
      for (const stream of one.clients.http2Streams)
        if (kindOfStream(one, stream) === 'requests') stream.close();
    }
    this.beat = setInterval(() => {
      this.pass();
    }, beatMs).unref();
    this.pass();
  }

  private pass(): void {
    this.check();
    if (!this.over) this.events.passing();
  }

  private finish(): void {
    if (this.over) return;
    this.cancel();
    const lost = (this.lost ?? 0) + this.cut;
    this.events.done({
      finished: Math.max(0, this.begun.requests - lost),
      eventStreams: this.begun.eventStreams,
      webSockets: this.begun.webSockets,
      idle: this.begun.idle,
      lost,
    });
  }
}

/** What is open now. */
export function progressOf(traffic: readonly Traffic[]): DrainProgress {
  const { requests, eventStreams, webSockets } = countOf(traffic);
  const connections = traffic.reduce((sum, one) => sum + one.clients.connections.size, 0);
  return { requests, eventStreams, webSockets, connections };
}

function countOf(traffic: readonly Traffic[]): Count {
  const now: Count = { ...none };
  for (const one of traffic) {
    for (const socket of one.clients.httpSockets) now[kindOf(one, socket)] += 1;
    for (const stream of one.clients.http2Streams) now[kindOfStream(one, stream)] += 1;
  }
  return now;
}

export function kindOf(traffic: Traffic, socket: HttpSocket): keyof Count {
  if (traffic.clients.webSockets.has(socket)) return 'webSockets';
  const response = socket._httpMessage;
  if (response && isEventStream(response)) return 'eventStreams';
  if (traffic.diverted.has(response || socket)) return 'diverted';
  if (response) return 'requests';
  // Without a parser, HTTP has let go of it or never had it: who knows what is under way on it.
  const seen = socket.parser || [...traffic.clients.http2Sessions.values()].includes(socket);
  return seen ? 'idle' : 'requests';
}

export function kindOfStream(traffic: Traffic, stream: ServerHttp2Stream): keyof Count {
  const type = stream.headersSent ? stream.sentHeaders['content-type'] : undefined;
  if (String(type).startsWith('text/event-stream')) return 'eventStreams';
  return traffic.diverted.has(stream) ? 'diverted' : 'requests';
}

function isEventStream(response: NonNullable<HttpSocket['_httpMessage']>): boolean {
  return /^content-type: *text\/event-stream/im.test(response._header ?? '');
}

/**
 * Past the app: after `response.end()` its next write would be an error that nobody listens for. On a
 * connection that is no longer writable, Node keeps such writes to itself until the app hears `close`.
 */
function endEventStream(socket: HttpSocket): void {
  if (socket._httpMessage?.chunkedEncoding === true) socket.end('0\r\n\r\n');
  else socket.end();
}

function closeWebSocket(socket: Socket): void {
  socket.write(serviceRestart);
  setTimeout(() => socket.destroy(), closeGraceMs).unref();
}
