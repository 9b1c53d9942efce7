/** A generation behind the front: what it answers, and what it still has to finish when it is replaced. */
import { Agent } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';
import { noProgress, noResult } from '../../shared/model.ts';
import type { DrainProgress, DrainResult } from '../../shared/model.ts';
import { isOutside, Proxied, refuse } from './answer.ts';
import type { Answer } from './answer.ts';
import { Calls } from './direct/calls.ts';
import { RawTunnel, WebSocketTunnel } from './tunnel.ts';
import type { Tunnel } from './tunnel.ts';

/** Of its process nobody has heard yet that it ended: so long (ms) a refused request waits for the news. */
const newsMs = 1000;

/** Of one answer, what became of it. */
export type Served = 'answered' | 'notTaken';

/** It is asked once more, or somebody else is; or the client finds its connection broken, or reads why. */
type AfterLoss = 'again' | 'notTaken' | 'broken' | 'refused';

interface Draining {
  readonly timer: NodeJS.Timeout;
  readonly moved: () => void;
  readonly over: (result: DrainResult) => void;
}

export class Target {
  /** Called with the path of a GET; `ok`: below 500. */
  onAnswer: (path: string | undefined, ok: boolean) => void = () => undefined;
  /** When its process is gone. */
  readonly gone: Promise<void>;
  leave: () => void = () => undefined;
  /** Of requests that are passed on as they are. */
  readonly calls: Calls;
  private isGone = false;
  private readonly address: { readonly host: string; readonly port: number };
  private readonly agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  private readonly proxy = createProxyServer({});
  private readonly answers = new Set<Answer>();
  private readonly tunnels = new Set<Tunnel>();
  private readonly requests = new WeakMap<IncomingMessage, { answer: Proxied; sent?: ClientRequest }>();
  private draining: Draining | undefined;
  private result: DrainResult = noResult;

  constructor(host: string, port: number) {
    this.address = { host, port };
    this.calls = new Calls(this.address);
    this.gone = new Promise((resolve) => {
      this.leave = () => {
        this.isGone = true;
        this.agent.destroy();
        this.calls.close();
        resolve();
      };
    });
    this.proxy.on('proxyReq', (sent: ClientRequest, request: IncomingMessage) => {
      const known = this.requests.get(request);
      if (known !== undefined) known.sent = sent;
    });
    this.proxy.on('proxyRes', (incoming: IncomingMessage, request: IncomingMessage) => {
      const answer = this.requests.get(request)?.answer;
      if (answer !== undefined) answer.incoming = incoming;
      const { statusCode = 0 } = incoming;
      this.onAnswer(request.method === 'GET' ? request.url : undefined, statusCode < 500);
    });
  }

  get progress(): DrainProgress {
    const eventStreams = [...this.answers].filter((answer) => answer.isEventStream).length;
    return {
      ...noProgress,
      eventStreams,
      requests: this.answers.size - eventStreams,
      webSockets: this.tunnels.size,
      connections: this.answers.size + this.tunnels.size,
    };
  }

  /** `notTaken`: nobody was there to take it, and it may be given to somebody else. Never throws. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<Served> {
    const answer = new Proxied(response);
    const known: { answer: Proxied; sent?: ClientRequest } = { answer };
    this.requests.set(request, known);
    this.begin(answer);
    try {
      for (;;) {
        try {
          await this.forward(request, response);
          return 'answered';
        } catch (error) {
          if (response.headersSent || response.destroyed) {
            response.destroy();
            return 'answered';
          }
          const isRepeatable = known.sent?.reusedSocket === true && !hasBody(request);
          const then = await this.afterLoss(error as Error, isRepeatable);
          if (then === 'again') continue;
          if (then === 'notTaken') return then;
          if (then === 'broken') response.destroy();
          else refuse(response, error as Error);
          return 'answered';
        }
      }
    } finally {
      this.over(answer);
    }
  }

  /** One of those that it has to finish. */
  begin(answer: Answer): void {
    this.answers.add(answer);
  }

  over(answer: Answer): void {
    if (!this.answers.delete(answer)) return;
    if (this.draining !== undefined) this.result = plus(this.result, { finished: 1 });
    this.moved();
  }

  /**
   * What becomes of a request whose connection is gone before an answer came. `error`: undefined if it ended without one.
   * `isRepeatable`: that connection was a kept one, and the request can be sent twice.
   */
  async afterLoss(error: NodeJS.ErrnoException | undefined, isRepeatable: boolean): Promise<AfterLoss> {
    // Whoever was called closed the kept connection just then.
    if (isRepeatable && !this.isGone) return 'again';
    if (error?.code === 'ECONNREFUSED' && (await this.isLost())) return 'notTaken';
    // As it would have been without us.
    return error === undefined || error.code === 'ECONNRESET' ? 'broken' : 'refused';
  }

  /** It refuses: whether that is because its process is gone. */
  private async isLost(): Promise<boolean> {
    await Promise.race([this.gone, new Promise((resolve) => setTimeout(resolve, newsMs).unref())]);
    return this.isGone;
  }

  /** Only for WebSockets. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const tunnel = new WebSocketTunnel(socket);
    this.tunnels.add(tunnel);
    socket.once('close', () => {
      this.tunnels.delete(tunnel);
      this.moved();
    });
    const known = (sent: ClientRequest, of: IncomingMessage): void => {
      if (of !== request) return;
      // Once it is piped: who listens sooner takes the first frame away.
      sent.once('upgrade', () => this.proxy.once('proxySocket', (back: Duplex) => tunnel.joined(back)));
    };
    this.proxy.on('proxyReqWs', known);
    // What broke there has broken here, too: the client sees its connection end.
    this.proxy
      .ws(request, socket as never, { target: this.target }, head)
      .catch(() => undefined)
      .finally(() => this.proxy.off('proxyReqWs', known));
  }

  /** Whatever it is that comes there. */
  pass(socket: net.Socket): void {
    const tunnel = new RawTunnel(socket, net.connect({ ...this.address, allowHalfOpen: true }));
    this.tunnels.add(tunnel);
    void tunnel.over.then(() => {
      this.tunnels.delete(tunnel);
      this.moved();
    });
  }

  /** Finishes what it has within that time (ms), then lets go of its process. */
  drain(ms: number, moved: () => void, over: (result: DrainResult) => void): void {
    this.result = noResult;
    const timer = setTimeout(() => this.cut(), ms);
    this.draining = { timer, moved, over };
    // Whoever listens to these comes back, and meets newer code.
    for (const answer of [...this.answers]) if (answer.isEventStream) this.endStream(answer);
    for (const tunnel of this.tunnels) {
      tunnel.goodbye();
      if (tunnel instanceof WebSocketTunnel) this.result = plus(this.result, { webSockets: 1 });
    }
    this.moved();
  }

  /** It is to answer again. */
  resume(): void {
    clearTimeout(this.draining?.timer);
    this.draining = undefined;
    this.calls.reopen();
  }

  private get target(): string {
    const { host, port } = this.address;
    return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request that can't be sent twice gets a connection that nobody is about to close.
    const agent = hasBody(request) ? false : this.agent;
    const { socket } = request;
    const headers = isOutside(socket) ? { 'x-forwarded-for': socket.remoteAddress ?? '' } : {};
    await this.proxy.web(request, response, { target: this.target, agent: agent as Agent, headers });
  }

  private endStream(answer: Answer): void {
    this.result = plus(this.result, { eventStreams: 1, finished: -1 });
    answer.endStream();
  }

  private cut(): void {
    const lost = this.answers.size;
    this.result = plus(this.result, { lost, finished: -lost });
    for (const answer of [...this.answers]) answer.cut();
    for (const tunnel of this.tunnels) tunnel.end();
  }

  private moved(): void {
    const { draining } = this;
    if (draining === undefined) return;
    draining.moved();
    if (this.answers.size + this.tunnels.size > 0) return;
    clearTimeout(draining.timer);
    this.draining = undefined;
    this.agent.destroy(); // a server that waits for its connections to end is not to wait for ours
    this.calls.close();
    draining.over(this.result);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function plus(result: DrainResult, more: Partial<DrainResult>): DrainResult {
  const sum: Record<string, number> = { ...result };
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
  return sum as unknown as DrainResult;
}
