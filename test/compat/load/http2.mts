import http2 from 'node:http2';
import type { Address, Answered, Clients, Question } from './clients.mts';
import { problemOf, Sheet } from './sheet.mts';

/** A session for each client that keeps one; those who don't have a session for each question. */
export class Http2Clients implements Clients {
  private readonly kept = new Map<string, http2.ClientHttp2Session>();
  private readonly open = new Set<http2.ClientHttp2Session>();

  constructor(private readonly address: Address) {}

  ask(question: Question, client?: string): Promise<Answered> {
    const sheet: Sheet = new Sheet(question, client, () => this.kept.get(client ?? '')?.destroy());
    const known = client === undefined ? undefined : this.usable(client);
    const session = known ?? this.connect();
    if (client !== undefined) this.kept.set(client, session);
    sheet.begins(known !== undefined);
    sheet.sends();
    let status = 0;
    let body = '';
    const method = question.method ?? 'GET';
    const stream = session.request({ ':path': question.path, ':method': method, ...question.headers });
    stream.once('response', (headers) => {
      status = Number(headers[':status']);
      sheet.hears(status, '');
    });
    stream.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
      sheet.hears(status, '', body);
    });
    stream.once('end', () => sheet.end(status === 0 ? 'reset' : undefined));
    stream.once('error', (error: Error) => sheet.end(problemOf(error)));
    stream.once('close', () => {
      sheet.end(stream.rstCode === 0 ? 'truncated' : `stream reset ${stream.rstCode}`);
      if (client === undefined) session.close();
    });
    session.once('error', (error: Error) => sheet.end(problemOf(error)));
    stream.end(question.body);
    return sheet.answered;
  }

  close(): void {
    for (const session of this.open) session.destroy();
  }

  private usable(client: string): http2.ClientHttp2Session | undefined {
    const session = this.kept.get(client);
    return session === undefined || session.closed || session.destroyed ? undefined : session;
  }

  private connect(): http2.ClientHttp2Session {
    const session = http2.connect(`https://${this.address.host}:${this.address.port}`, {
      rejectUnauthorized: false,
    });
    session.setMaxListeners(0);
    this.open.add(session);
    session.once('close', () => this.open.delete(session));
    session.on('error', () => {}); // told to those who ask
    return session;
  }
}
