import net from 'node:net';
import { Response } from './response.mts';

/** Whoever asked. */
export interface Asker {
  /** It is its turn; `reused`: on a connection that has answered before. */
  begins(reused: boolean): void;
  /** Called just before the request is written, never after it. */
  sends(): void;
  hears(response: Response): void;
  /** The response is as whole as it gets; `error` tells why it is not. */
  ends(response: Response, error?: NodeJS.ErrnoException): void;
}

/** Of a request, beside its path; a plain GET without any. */
export interface Details {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Question extends Details {
  readonly path: string;
  readonly asker: Asker;
}

type Connect = (port: number) => net.Socket;

const toLocalhost: Connect = (port) => net.connect({ port, host: '127.0.0.1', noDelay: true });

/** A client with one connection: it asks one thing at a time, and connects anew when the server has closed it. */
export class Connection {
  /** None is kept that has not answered. */
  private socket: net.Socket | undefined;
  private asked: (Question & { readonly response: Response }) | undefined;
  private waiting: Question[] = [];

  /** `kept`: for more than one question. */
  constructor(
    private readonly port: number,
    private readonly kept: boolean,
    private readonly open: Connect = toLocalhost,
  ) {}

  /** Returns what gives up on it: nothing is called from then on. */
  ask(path: string, asker: Asker, details: Details = {}): () => void {
    const question = { ...details, path, asker };
    if (this.asked === undefined) this.begin(question);
    else this.waiting.push(question);
    return () => {
      this.waiting = this.waiting.filter((one) => one.asker !== asker);
      if (this.asked?.asker === asker) this.finish(false);
    };
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private begin(question: Question): void {
    this.asked = { ...question, response: new Response() };
    question.asker.begins(this.socket !== undefined);
    if (this.socket === undefined) this.connect();
    else this.send(this.socket);
  }

  private connect(): void {
    const socket = this.open(this.port);
    let problem: NodeJS.ErrnoException | undefined;
    this.socket = socket;
    socket.once('connect', () => this.send(socket));
    socket.on('data', (piece) => this.read(piece));
    socket.once('error', (error) => (problem = error));
    socket.once('end', () => {
      if (this.socket === socket && this.asked === undefined) this.close();
    });
    socket.once('close', () => {
      if (this.socket === socket) this.lose(problem);
    });
  }

  private send(socket: net.Socket): void {
    if (this.asked === undefined) return;
    const { asker, path, method = 'GET', headers = {}, body = '' } = this.asked;
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    asker.sends();
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\n${more.join('')}` +
        `Connection: ${this.kept ? 'keep-alive' : 'close'}\r\n\r\n${body}`,
    );
  }

  private read(piece: Buffer): void {
    if (this.asked === undefined) return;
    const { asker, response } = this.asked;
    try {
      response.read(piece);
    } catch (error) {
      this.finish(false);
      asker.ends(response, error as Error);
      return;
    }
    asker.hears(response);
    if (!response.isWhole) return;
    this.finish(this.kept && !response.closes);
    asker.ends(response);
  }

  /** The server has hung up, or was not there. */
  private lose(problem: NodeJS.ErrnoException | undefined): void {
    if (this.asked === undefined) {
      this.close();
      return;
    }
    const { asker, response } = this.asked;
    response.close();
    this.finish(false);
    asker.ends(response, problem);
  }

  private finish(keep: boolean): void {
    this.asked = undefined;
    if (!keep) this.close();
    const next = this.waiting.shift();
    if (next !== undefined) this.begin(next);
  }
}
