/** What a case plays on: a control socket, a successor with a side door, clients, and the processes that it starts. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { install } from '../../src/runtimes/registry.ts';
import { freePort } from '../tools/free-port.mts';
import { root } from '../tools/root.mts';
import { readMessages, Subject, Violation } from './subject.mts';
import type { Place, Start } from './subject.mts';

export const fromSuccessor = 'the successor speaks';
export const fromLater = 'its own successor speaks';

export class Stage implements Place {
  readonly folder: string;
  readonly control: string;
  /** Side door of a successor that this is. */
  readonly successorsDoor: string;
  /** Of the one that replaces that. */
  readonly latersDoor: string;
  readonly port: number;
  readonly unsound: string[] = [];
  private readonly command: readonly string[];
  private readonly subjects: Subject[] = [];
  private readonly servers: net.Server[] = [];
  private readonly sockets = new Set<net.Socket>();

  private constructor(command: readonly string[], port: number) {
    this.command = command;
    this.port = port;
    this.folder = mkdtempSync(path.join(tmpdir(), 'hs-'));
    this.control = path.join(this.folder, 'control');
    this.successorsDoor = path.join(this.folder, 'successor');
    this.latersDoor = path.join(this.folder, 'later');
    mkdirSync(path.join(this.folder, 'tools'));
    install(path.join(root, 'dist'), this.folder);
  }

  static async open(command: readonly string[]): Promise<Stage> {
    const stage = new Stage(command, await freePort());
    await stage.serve(stage.control, (socket) => stage.greet(socket));
    await stage.serve(stage.successorsDoor, (socket) => stage.succeed(socket, fromSuccessor));
    await stage.serve(stage.latersDoor, (socket) => stage.succeed(socket, fromLater));
    return stage;
  }

  start(start: Start = {}): Subject {
    const subject = new Subject(this.command, this, start);
    this.subjects.push(subject);
    return subject;
  }

  /** The first generation, once it listens. */
  async serving(): Promise<{ readonly subject: Subject; readonly key: string; readonly door: string }> {
    const subject = this.start();
    const { key, door } = await subject.said('listening', 'when its app listens');
    return { subject, key, door };
  }

  /** The next one, which has inherited the listener of `first`. */
  inheriting(first: Subject, generation = 2): Subject {
    return this.start({
      generation,
      listeners: new Map(
        [...first.handles].flatMap(([key, { fd }]) => (fd === undefined ? [] : [[key, fd] as const])),
      ),
    });
  }

  client(at: number | string = this.port): Client {
    const socket = typeof at === 'string' ? net.connect(at) : net.connect(at, '127.0.0.1');
    this.keep(socket);
    return new Client(socket);
  }

  close(): void {
    for (const subject of this.subjects) subject.kill();
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async serve(at: string, onConnection: (socket: net.Socket) => void): Promise<void> {
    const server = net.createServer((socket) => {
      this.keep(socket);
      onConnection(socket);
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(at, resolve));
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private greet(socket: net.Socket): void {
    let owner: Subject | undefined;
    readMessages(
      socket,
      (message) => {
        if (owner !== undefined) {
          owner.hear(message);
          return;
        }
        if (message.type === 'hello') owner = this.subjects.find(({ token }) => token === message.token);
        if (owner === undefined)
          this.unsound.push(`it begins with ${JSON.stringify(message)}, which is no hello`);
        else owner.connected(socket, message);
      },
      (line) => this.unsound.push(`it says a line that is no message: ${line}`),
    );
  }

  private succeed(socket: net.Socket, says: string): void {
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
      const end = text.indexOf('\n');
      if (end < 0 || !text.includes('\r\n\r\n')) return;
      try {
        JSON.parse(text.slice(0, end));
      } catch {
        this.unsound.push(`what it says first at a side door is no JSON: ${text.slice(0, end)}`);
      }
      const length = String(says.length);
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${says}`);
    });
  }
}

const patienceMs = 20_000;

/** A connection of an HTTP/1.1 client. */
export class Client {
  readonly socket: net.Socket;
  text = '';
  isOver = false;
  private look: (() => void) | undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (piece: string) => {
      this.text += piece;
      this.look?.();
    });
    for (const event of ['end', 'close'])
      socket.once(event, () => {
        this.isOver = true;
        this.look?.();
      });
  }

  async connected(): Promise<void> {
    if (this.socket.connecting) await new Promise((resolve) => this.socket.once('connect', resolve));
  }

  ask(): this {
    return this.write('GET / HTTP/1.1\r\nHost: localhost\r\n').write('\r\n');
  }

  write(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** The whole answer to what was asked last; what comes after is another one's. */
  async answer(otherwise: string): Promise<{ readonly text: string; readonly isLast: boolean }> {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Violation(otherwise)), patienceMs);
      this.look = () => {
        const whole = this.wholeAnswer();
        if (whole === undefined && !this.isOver) return;
        clearTimeout(timer);
        this.look = undefined;
        if (whole === undefined) {
          reject(new Violation(`${otherwise}: the connection ends`));
          return;
        }
        this.text = this.text.slice(whole.length);
        if (!/^HTTP\/1\.[01] [23]/.test(whole)) {
          reject(new Violation(`${otherwise} but by: ${whole.split('\r\n')[0] ?? ''}`));
          return;
        }
        resolve({ text: whole, isLast: !/^connection: *keep-alive/im.test(whole) && isLast(whole) });
      };
      this.look();
    });
  }

  private wholeAnswer(): string | undefined {
    const head = this.text.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const length = /^content-length: *(\d+)/im.exec(this.text.slice(0, head))?.[1];
    if (length !== undefined) {
      const end = head + 4 + Number(length);
      return this.text.length >= end ? this.text.slice(0, end) : undefined;
    }
    const isChunked = /^transfer-encoding: *chunked/im.test(this.text.slice(0, head));
    const last = isChunked ? this.text.indexOf('0\r\n\r\n', head) : -1;
    if (isChunked) return last < 0 ? undefined : this.text.slice(0, last + 5);
    return this.isOver ? this.text : undefined;
  }
}

function isLast(answer: string): boolean {
  return answer.startsWith('HTTP/1.0') || /^connection: *close/im.test(answer);
}
