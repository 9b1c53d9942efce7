import net from 'node:net';
import tls from 'node:tls';
import { Connection } from '../../bench/load/connection.mts';
import type { Address, Answered, Clients, Question } from './clients.mts';
import { problemOf, Sheet } from './sheet.mts';

/** On bare sockets, those of the bench. */
export class HttpClients implements Clients {
  private readonly kept = new Map<string, Connection>();
  private readonly open: () => net.Socket;

  constructor(
    private readonly address: Address,
    secure: boolean,
  ) {
    this.open = secure
      ? () => tls.connect({ ...address, rejectUnauthorized: false })
      : () => net.connect({ ...address, noDelay: true });
  }

  ask(question: Question, client?: string): Promise<Answered> {
    const connection = this.connectionOf(client);
    let giveUp = (): void => {};
    const sheet = new Sheet(question, client, () => giveUp());
    giveUp = connection.ask(
      question.path,
      {
        begins: (reused) => sheet.begins(reused),
        sends: () => sheet.sends(),
        hears: (response) => {
          if (response.hasBegun) sheet.hears(response.status, response.head);
        },
        ends: (response, error) => {
          if (response.isWhole) sheet.end();
          else if (response.hasBegun) sheet.end('truncated');
          else sheet.end(error === undefined ? 'reset' : problemOf(error));
        },
      },
      question,
    );
    return sheet.answered;
  }

  close(): void {
    for (const connection of this.kept.values()) connection.close();
  }

  private connectionOf(client: string | undefined): Connection {
    if (client === undefined) return new Connection(this.address.port, false, this.open);
    const known = this.kept.get(client) ?? new Connection(this.address.port, true, this.open);
    this.kept.set(client, known);
    return known;
  }
}
