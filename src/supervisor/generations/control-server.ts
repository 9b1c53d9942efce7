/** Where the processes of generations connect. The token in their first message says whose they are. */
import { rmSync } from 'node:fs';
import net from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { parseMessage, splitLines } from '../../runtimes/protocol/lines.ts';
import { version } from '../../runtimes/protocol/messages.ts';
import type { FromGeneration, ToGeneration } from '../../runtimes/protocol/messages.ts';

/** One process of a generation. */
export interface ControlPeer {
  send(message: ToGeneration): void;
}

export interface ControlOwner {
  /** `runtime`: as it says in `hello`. */
  connected(peer: ControlPeer, pid: number, runtime: string): void;
  received(peer: ControlPeer, message: FromGeneration, line: string): void;
  malformed(line: string): void;
  disconnected(peer: ControlPeer): void;
}

export class ControlServer {
  readonly path: string;
  private readonly server: net.Server;
  private readonly owners = new Map<string, ControlOwner>();
  private readonly sockets = new Set<Socket>();

  constructor(folder: string) {
    this.path = path.join(folder, 'control');
    this.server = net.createServer((socket) => {
      this.greet(socket);
    });
  }

  async listen(): Promise<void> {
    rmSync(this.path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, resolve);
    });
  }

  expect(token: string, owner: ControlOwner): () => void {
    this.owners.set(token, owner);
    return () => this.owners.delete(token);
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private greet(socket: Socket): void {
    this.sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => undefined); // 'close' follows
    let owner: ControlOwner | undefined;
    const peer: ControlPeer = {
      send: (message) => {
        if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
      },
    };
    const receive = (line: string): void => {
      const message = parseMessage(line) as FromGeneration | undefined;
      if (owner !== undefined) {
        if (message === undefined) owner.malformed(line);
        else owner.received(peer, message, line);
        return;
      }
      if (message?.type === 'hello' && message.v === version) owner = this.owners.get(message.token);
      if (owner === undefined || message?.type !== 'hello') socket.destroy();
      else owner.connected(peer, message.pid, message.runtime);
    };
    socket.on('data', splitLines(receive));
    socket.on('close', () => {
      this.sockets.delete(socket);
      owner?.disconnected(peer);
    });
  }
}
