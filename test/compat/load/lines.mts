import net from 'node:net';
import type { Address, Answered, Clients, Question } from './clients.mts';
import { problemOf, Sheet } from './sheet.mts';

/**
 * A protocol of lines: a line is asked, a line is answered. Connections are as long as a question: what such a server
 * does with a connection that it keeps, nobody else can take over.
 */
export class LineClients implements Clients {
  constructor(private readonly address: Address) {}

  ask(question: Question, client?: string): Promise<Answered> {
    const socket = net.connect({ ...this.address, noDelay: true });
    const sheet = new Sheet(question, client, () => socket.destroy());
    let heard = '';
    sheet.begins(false);
    socket.once('connect', () => {
      sheet.sends();
      socket.write(`${question.path}\n`);
    });
    socket.setEncoding('utf8').on('data', (piece: string) => {
      heard += piece;
      sheet.hears(200, '', heard);
      if (!heard.includes('\n')) return;
      sheet.end();
      socket.end();
    });
    socket.once('error', (error) => sheet.end(problemOf(error)));
    socket.once('close', () => sheet.end('reset'));
    return sheet.answered;
  }

  close(): void {}
}
