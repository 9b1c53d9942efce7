/** The control connection of this process: opened by its first `listen`, never by processes that don't serve. */
import net from 'node:net';
import { parseMessage, splitLines } from '../../../protocol/lines.ts';
import { version } from '../../../protocol/messages.ts';
import type { FromGeneration, Invitation, ToGeneration } from '../../../protocol/messages.ts';

export class Channel {
  private readonly socket: net.Socket;
  private wanted = 0;

  /** `onGone`: the supervisor is gone; whatever holds its listeners must not outlive it. */
  constructor(invitation: Invitation, onMessage: (message: ToGeneration) => void, onGone: () => void) {
    this.socket = net.connect(invitation.control);
    this.socket.unref();
    this.socket.setEncoding('utf8');
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', onGone);
    this.socket.on(
      'data',
      splitLines((line) => {
        const message = parseMessage(line);
        if (message !== undefined) onMessage(message as ToGeneration);
      }),
    );
    this.send({
      type: 'hello',
      v: version,
      token: invitation.token,
      pid: process.pid,
      runtime: `node ${process.version}`,
    });
  }

  send(message: FromGeneration): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Keeps the event loop alive: a gated listener does not, and the process would end. */
  keepAlive(): () => void {
    this.wanted += 1;
    this.socket.ref();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.wanted -= 1;
      if (this.wanted === 0) this.socket.unref();
    };
  }
}
