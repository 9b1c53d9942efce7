/** A debugger, as far as the tests of it need one: what js-debug says to a process, and no more. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Paused {
  readonly reason: string;
  readonly callFrames: readonly { readonly location: { readonly lineNumber: number } }[];
}

export class Debugger {
  private readonly socket: WebSocket;
  private next = 1;
  private readonly answers = new Map<number, (result: unknown) => void>();
  private readonly stops: Paused[] = [];
  private readonly waiting: ((stop: Paused) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        id?: number;
        result?: unknown;
        method?: string;
        params?: unknown;
      };
      if (message.id !== undefined) this.answers.get(message.id)?.(message.result);
      if (message.method !== 'Debugger.paused') return;
      const stop = message.params as Paused;
      const waiting = this.waiting.shift();
      if (waiting === undefined) this.stops.push(stop);
      else waiting(stop);
    });
  }

  static async attach(port: number): Promise<Debugger> {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/json/list`);
    const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
    assert.ok(target);
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await once(socket, 'open');
    const attached = new Debugger(socket);
    await attached.send('Runtime.enable');
    await attached.send('Debugger.enable');
    return attached;
  }

  /** `line` from 0. */
  async breakAt(file: string, line: number): Promise<void> {
    await this.send('Debugger.setBreakpointByUrl', { url: `file://${file}`, lineNumber: line });
  }

  /** It waited for us. */
  async letGo(): Promise<void> {
    await this.send('Runtime.runIfWaitingForDebugger');
  }

  /** The line, from 0, at which it stops next. */
  async stopped(): Promise<number> {
    const stop = this.stops.shift() ?? (await new Promise<Paused>((resolve) => this.waiting.push(resolve)));
    return stop.callFrames[0]!.location.lineNumber;
  }

  async goOn(): Promise<void> {
    await this.send('Debugger.resume');
  }

  leave(): void {
    this.socket.close();
  }

  private send(method: string, params: object = {}): Promise<unknown> {
    const id = this.next;
    this.next += 1;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
