import http2 from 'node:http2';
import type { Address, Answered, Clients, Question } from './clients.mts';
import { problemOf, Sheet } from './sheet.mts';

/** RFC 9113, 8.7: asked while the server said goodbye, it was not processed, and is asked again elsewhere. */
const refused = http2.constants.NGHTTP2_REFUSED_STREAM;

/** A session for each client that keeps one; those who don't have a session for each question. */
export class Http2Clients implements Clients {
  private readonly kept = new Map<string, http2.ClientHttp2Session>();
  private readonly open = new Set<http2.ClientHttp2Session>();

  constructor(private readonly address: Address) {}

  ask(question: Question, client?: string): Promise<Answered> {
    const sheet: Sheet = new Sheet(question, client, () => this.kept.get(client ?? '')?.destroy());
    this.askFor(sheet, question, client);
    return sheet.answered;
  }

  private askFor(sheet: Sheet, question: Question, client?: string): void {
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
    stream.once('error', (error: Error) => {
      if (stream.rstCode !== refused) sheet.end(problemOf(error));
    });
    stream.once('close', () => {
      if (stream.rstCode === refused) {
        // Browsers, gRPC and the like do so by themselves: it was not begun.
        this.kept.delete(client ?? '');
        this.askFor(sheet, question, client);
        return;
      }
      sheet.end(stream.rstCode === 0 ? 'truncated' : `stream reset ${stream.rstCode}`);
      if (client === undefined) session.close();
    });
    session.once('error', (error: Error) => sheet.end(problemOf(error)));
    stream.end(question.body);
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
