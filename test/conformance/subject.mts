/** A process that takes part, seen from where its supervisor would be. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { launch } from '../../src/runtimes/launch.ts';
import { parseMessage, splitLines } from '../../src/runtimes/protocol/lines.ts';
import { version } from '../../src/runtimes/protocol/messages.ts';
import type { FromGeneration, ToGeneration } from '../../src/runtimes/protocol/messages.ts';
import type { ListenerHandle } from '../../src/supervisor/listeners/listener-store.ts';

/** What the adapter does that the protocol does not allow, or fails to do: a sentence. */
export class Violation extends Error {}

/** A started process has this long (ms) for whatever it is waited for. */
const patienceMs = 20_000;

export interface Place {
  /** Private: runtimes, side doors, the control socket. */
  readonly folder: string;
  readonly control: string;
  readonly port: number;
}

export interface Start {
  readonly generation?: number;
  readonly listeners?: ReadonlyMap<string, number>;
  readonly v?: number;
}

type Said<Type extends FromGeneration['type']> = Extract<FromGeneration, { readonly type: Type }>;

export class Subject {
  readonly token = randomBytes(8).toString('hex');
  /** All that it has said and sent, in order: `handle` for a listening socket. */
  readonly heard: (FromGeneration | { readonly type: 'handle'; readonly key: string })[] = [];
  readonly handles = new Map<string, ListenerHandle>();
  readonly broken: string[] = [];
  output = '';
  hasExited = false;
  connections = 0;
  private readonly child: ChildProcess;
  private socket: Socket | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(command: readonly string[], { folder, control, port }: Place, start: Start = {}) {
    const { generation = 1, listeners = new Map<string, number>(), v = version } = start;
    const plan = launch({
      command,
      env: { ...(process.env as Record<string, string>), PORT: String(port) },
      invitation: { v, control, token: this.token, generation, doors: folder },
      listeners,
      folder,
    });
    this.child = spawn('/bin/sh', ['-c', plan.script, 'sh', ...plan.words], {
      env: plan.env,
      stdio: plan.stdio.map((one) => (one === 'guard' ? 'ignore' : one)),
      detached: true,
    });
    this.child.on('message', (message, handle) => this.receive(message, handle));
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.wake();
      });
    this.child.once('exit', () => {
      this.hasExited = true;
      this.wake();
    });
    this.child.once('error', (error) => {
      this.output += error.message;
      this.hasExited = true;
      this.wake();
    });
  }

  /** The control connection is this process's. */
  connected(socket: Socket, first: FromGeneration): void {
    this.socket = socket;
    this.connections += 1;
    this.hear(first);
  }

  hear(message: FromGeneration): void {
    this.heard.push(message);
    this.wake();
  }

  say(message: ToGeneration): void {
    this.raw(JSON.stringify(message));
  }

  raw(line: string): void {
    this.socket?.write(`${line}\n`);
  }

  hangUp(): void {
    this.socket?.destroy();
  }

  /** How much it has said so far, for `said` to count from. */
  get now(): number {
    return this.heard.length;
  }

  /** The first message of that type, past (from `since` on) or to come. */
  async said<Type extends FromGeneration['type']>(type: Type, why: string, since = 0): Promise<Said<Type>> {
    return await this.until(
      () => this.heard.slice(since).find((message): message is Said<Type> => message.type === type),
      `it does not say \`${type}\` ${why}`,
    );
  }

  /** Whatever it does by then that was asked for before has been done, as far as messages tell. */
  async settled(): Promise<void> {
    for (const id of [7001, 7002]) {
      this.say({ type: 'files', id });
      const isAnswer = (one: { readonly type: string }): boolean =>
        one.type === 'files' && (one as Said<'files'>).id === id;
      await this.until(() => this.heard.find(isAnswer), 'it does not answer `files` with the same `id`');
    }
  }

  async ended(why: string): Promise<void> {
    await this.until(() => (this.hasExited ? true : undefined), why);
  }

  async until<Found>(find: () => Found | undefined, otherwise: string): Promise<Found> {
    const found = find();
    if (found !== undefined) return found;
    return await new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      const fail = (): void => {
        end();
        const last = this.output.trim().split('\n').slice(-5).join('\n');
        reject(new Violation(last === '' ? otherwise : `${otherwise}. It printed: ${last}`));
      };
      const look = (): void => {
        const now = find();
        if (now === undefined) {
          if (this.hasExited) fail();
          return;
        }
        end();
        resolve(now);
      };
      const timer = setTimeout(fail, patienceMs);
      this.waiting.add(look);
      look();
    });
  }

  kill(): void {
    for (const handle of this.handles.values()) handle.close();
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // nothing is left of it
    }
  }

  private receive(message: unknown, handle: unknown): void {
    const { key, token } = message as { readonly key?: unknown; readonly token?: unknown };
    if (typeof key !== 'string' || token !== this.token || handle === undefined || handle === null) {
      this.broken.push(`it sends a socket with ${JSON.stringify(message)}`);
      return;
    }
    this.handles.set(key, handle as ListenerHandle);
    this.heard.push({ type: 'handle', key });
    this.wake();
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}

/** Reads whole messages; what is none is told, too. */
export function readMessages(
  socket: Socket,
  onMessage: (message: FromGeneration) => void,
  onOther: (line: string) => void,
): void {
  const read = splitLines((line) => {
    const message = parseMessage(line);
    if (message === undefined) onOther(line);
    else onMessage(message as FromGeneration);
  });
  socket.setEncoding('utf8').on('data', read);
}
