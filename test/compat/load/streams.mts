/** Clients that stay connected: a WebSocket, an event stream. They come back when they are cut, as browsers do. */
import http from 'node:http';
import { WebSocket } from 'ws';
import type { StreamResult } from '../figures/result.mts';
import type { Stream } from '../recipe.mts';
import type { Address } from './clients.mts';

const comeBackMs = 50;
/** "Service restart": the client is told to come back. */
const comeBack = 1012;

export class StreamWatch {
  private readonly result = { opened: 0, refused: 0, cut: 0 };
  private ended = false;
  private close: () => void = () => {};

  constructor(
    private readonly stream: Stream,
    private readonly address: Address,
  ) {
    this.open();
  }

  static sum(results: readonly StreamResult[]): StreamResult {
    const total = (name: keyof StreamResult): number => results.reduce((sum, one) => sum + one[name], 0);
    return { opened: total('opened'), refused: total('refused'), cut: total('cut') };
  }

  stop(): StreamResult {
    this.ended = true;
    this.close();
    return { ...this.result };
  }

  private open(): void {
    if (this.ended) return;
    if (this.stream.is === 'websocket') this.openWebSocket();
    else this.openEvents();
  }

  private openWebSocket(): void {
    const { path, protocol, hello = [], answers = {} } = this.stream;
    const url = `ws://${this.address.host}:${this.address.port}${path}`;
    const socket = protocol === undefined ? new WebSocket(url) : new WebSocket(url, protocol);
    let opened = false;
    socket.once('open', () => {
      opened = true;
      this.result.opened++;
      for (const message of hello) socket.send(message);
    });
    socket.on('message', (data: Buffer) => {
      const answer = answers[data.toString('utf8')];
      if (answer !== undefined) socket.send(answer);
    });
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', (code) => this.closed(opened, code === comeBack));
    this.close = () => socket.terminate();
  }

  private openEvents(): void {
    const { path } = this.stream;
    let answered = false;
    const headers = { Accept: 'text/event-stream' };
    const request = http.get({ ...this.address, path, agent: false, headers }, (response) => {
      answered = true;
      this.result.opened++;
      response.resume();
      let whole = false;
      response.once('end', () => (whole = true));
      response.once('error', () => {}); // 'close' follows
      response.once('close', () => this.closed(true, whole));
    });
    request.once('error', () => {
      if (!answered) this.closed(false, false);
    });
    this.close = () => request.destroy();
  }

  private closed(opened: boolean, well: boolean): void {
    if (this.ended) return;
    if (!opened) this.result.refused++;
    else if (!well) this.result.cut++;
    setTimeout(() => this.open(), comeBackMs).unref();
  }
}
