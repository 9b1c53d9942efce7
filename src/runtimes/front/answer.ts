/** Answers that a generation behind the front has to finish. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One that is under way. */
export interface Answer {
  readonly isEventStream: boolean;
  /** Its client sees it end, and may ask again. */
  endStream(): void;
  /** Its connection ends. */
  cut(): void;
}

/** By the library. */
export class Proxied implements Answer {
  incoming: IncomingMessage | undefined;
  private readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  get isEventStream(): boolean {
    return this.incoming?.headers['content-type']?.startsWith('text/event-stream') === true;
  }

  endStream(): void {
    const { incoming, response } = this;
    incoming?.unpipe(response);
    response.end(() => incoming?.destroy());
  }

  cut(): void {
    this.response.destroy();
  }
}

const refused = { type: 'text/plain', connection: 'close' };

/** What a client reads where the server is not there: as it would have been without us. */
export function refuse(response: ServerResponse, error: Error): void {
  response.writeHead(502, { 'Content-Type': refused.type, Connection: refused.connection });
  response.end(refusalOf(error));
}

/** The same, for a connection. */
export function refusal(error: Error): string {
  const body = refusalOf(error);
  const length = String(Buffer.byteLength(body));
  const { type, connection } = refused;
  return `HTTP/1.1 502 Bad Gateway\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: ${connection}\r\n\r\n${body}`;
}

function refusalOf({ message }: Error): string {
  return `The server behind Hot Swap's front did not answer: ${message}\n`;
}

/** Whoever is behind that connection is not on this machine. */
export function isOutside({ remoteAddress = '' }: Socket): boolean {
  return !/^(?:::ffff:)?127\.|^::1$|^$/.test(remoteAddress);
}
