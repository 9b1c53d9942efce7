/**
 * When HTTP/2 clients are told to come back on another connection. RFC 9113, 6.8 wants two goodbyes, since a request may
 * cross the first one; Node's session says only the last, and refuses what crosses it. So it is said when nothing is
 * likely to be on its way: until then requests are passed on, as on any connection.
 */
import type { ServerHttp2Session } from 'node:http2';
import type { Clients } from './clients.ts';

/** Who has asked nothing for so long (ms) is not about to. */
const idleMs = 300;
/** Who never rests that long is told between two requests, so long after it began (ms). */
const patienceMs = 1000;
const lookMs = 30;

export class Farewell {
  private readonly clients: readonly Clients[];
  private readonly timer: NodeJS.Timeout;
  private readonly began = Date.now();
  /** Since when it has no stream. */
  private readonly idle = new Map<ServerHttp2Session, number>();

  constructor(clients: readonly Clients[]) {
    this.clients = clients;
    this.timer = setInterval(() => this.look(), lookMs).unref();
  }

  /** To all that are left. */
  now(): void {
    for (const { http2Sessions } of this.clients) for (const session of http2Sessions.keys()) session.close();
    this.cancel();
  }

  cancel(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = Date.now();
    for (const clients of this.clients) {
      const busy = new Set([...clients.http2Streams].map((stream) => stream.session));
      for (const session of clients.http2Sessions.keys()) {
        if (busy.has(session)) this.idle.delete(session);
        else if (!this.idle.has(session)) this.idle.set(session, now);
        const since = this.idle.get(session);
        if (since === undefined) continue;
        if (now - since >= idleMs || now - this.began >= patienceMs) session.close();
      }
    }
  }
}
