/**
 * Where messages of HTTP/1.1 begin and end (RFC 9112, 6), as far as is needed to pass them on as they are. Of requests it
 * knows the plain ones only; whatever has more to say is for a library. Answers it knows all.
 */

/** What asks for more than an answer, or what RFC 9112 lets be said in more than one way. */
const odd = [
  /\r\n(?:transfer-encoding|te|trailer|upgrade|expect)[ \t]*:/i,
  /\r\ncontent-length[^\r\n]*\r\n(?:.*\r\n)*content-length/i,
  /\r\n[ \t]|[^\r]\n|\r[^\n]/,
];
const firstLine = /^([A-Z]+) ([^\s]+) HTTP\/1\.1\r\n/;
const contentLength = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n/i;
const anyLength = /\r\ncontent-length/i;
const close = /\r\nconnection:[^\r\n]*\bclose\b/i;
const headEnd = Buffer.from('\r\n\r\n');

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  /** It is the last of its connection. */
  readonly isLast: boolean;
  /** Of all of it, bytes. */
  readonly length: number;
}

/** Of the first request in there; `partial`: its head is not whole. */
export function readRequest(seen: Buffer): PlainRequest | 'partial' | 'odd' {
  const end = seen.indexOf(headEnd);
  if (end < 0) return 'partial';
  const head = seen.toString('latin1', 0, end + 4);
  const [, method, path] = firstLine.exec(head) ?? [];
  if (method === undefined || path === undefined || method === 'CONNECT') return 'odd';
  if (odd.some((one) => one.test(head))) return 'odd';
  const [, size] = contentLength.exec(head) ?? [];
  if (size === undefined && anyLength.test(head)) return 'odd';
  const length = head.length + Number(size ?? 0);
  // Of one that is still to come, a server may want to say something before it has come.
  if (length > seen.length) return 'odd';
  return { method, path, hasBody: size !== undefined, isLast: close.test(head), length };
}

export interface AnswerHead {
  readonly status: number;
  readonly isEventStream: boolean;
  /** Its connection ends with it. */
  readonly isLast: boolean;
}

type Body =
  | { kind: 'head' }
  /** Bytes that are to come. */
  | { kind: 'length'; left: number }
  | { kind: 'chunk'; left: number }
  /** The line before a chunk, or one after the last. */
  | { kind: 'line'; isTrailer: boolean; seen: string }
  | { kind: 'untilClose' }
  | { kind: 'over' };

/** A chunk's size in hex, a line of trailers: far more than anybody sends. */
const mostLine = 16 * 1024;
const mostHead = 256 * 1024;

/** One answer, seen as it passes. */
export class AnswerReader {
  head: AnswerHead | undefined;
  private body: Body = { kind: 'head' };
  private seen: Buffer | undefined;
  private readonly hasNoBody: boolean;

  constructor(method: string) {
    this.hasNoBody = method === 'HEAD';
  }

  get isOver(): boolean {
    return this.body.kind === 'over';
  }

  /** It is whole when the connection ends. */
  get endsByClose(): boolean {
    return this.body.kind === 'untilClose';
  }

  /** Between two chunks, so that it can be ended by the last one. */
  get isBetweenChunks(): boolean {
    return this.body.kind === 'line' && !this.body.isTrailer && this.body.seen === '';
  }

  /** @returns how many bytes of the piece are the answer's; fewer than all when it is over. Throws at what is not HTTP. */
  see(piece: Buffer): number {
    let at = this.body.kind === 'head' ? this.seeHead(piece) : 0;
    while (at < piece.length && this.body.kind !== 'over') at = this.seeBody(this.body, piece, at);
    return at;
  }

  private seeHead(piece: Buffer): number {
    const before = this.seen?.length ?? 0;
    let seen = this.seen === undefined ? piece : Buffer.concat([this.seen, piece]);
    let from = 0;
    while (this.body.kind === 'head') {
      const end = seen.indexOf(headEnd);
      if (end < 0) {
        if (seen.length > mostHead) throw new Error('its head has no end');
        this.seen = seen;
        return piece.length;
      }
      this.begin(seen.toString('latin1', 0, end + 4));
      from += end + 4;
      seen = seen.subarray(end + 4); // what is only on the way (100, 103) is followed by another
    }
    this.seen = undefined;
    return from - before;
  }

  private begin(head: string): void {
    const [, minor, text] = /^HTTP\/1\.([01]) (\d{3})[ \r]/.exec(head) ?? [];
    if (text === undefined) throw new Error('it is not HTTP');
    const status = Number(text);
    if (status < 200 && status !== 101) return;
    const isChunked = /\r\ntransfer-encoding:[^\r\n]*chunked[ \t]*\r\n/i.test(head);
    const [, length] = contentLength.exec(head) ?? [];
    const connection = /\r\nconnection:([^\r\n]*)\r\n/i.exec(head)?.[1]?.toLowerCase() ?? '';
    if (this.hasNoBody || status === 204 || status === 304) this.body = { kind: 'over' };
    else if (isChunked) this.body = { kind: 'line', isTrailer: false, seen: '' };
    else if (length !== undefined) this.body = after(Number(length));
    else this.body = { kind: 'untilClose' };
    this.head = {
      status,
      isEventStream: /\r\ncontent-type:[ \t]*text\/event-stream/i.test(head),
      isLast:
        this.endsByClose ||
        (minor === '0' ? !connection.includes('keep-alive') : connection.includes('close')),
    };
  }

  /** @returns where it has come to. */
  private seeBody(body: Body, piece: Buffer, at: number): number {
    switch (body.kind) {
      case 'length': {
        const taken = Math.min(body.left, piece.length - at);
        this.body = after(body.left - taken);
        return at + taken;
      }
      case 'chunk': {
        const taken = Math.min(body.left, piece.length - at);
        body.left -= taken;
        if (body.left === 0) this.body = { kind: 'line', isTrailer: false, seen: '' };
        return at + taken;
      }
      case 'line': {
        const end = piece.indexOf(10, at);
        body.seen += piece.toString('latin1', at, end < 0 ? piece.length : end + 1);
        if (body.seen.length > mostLine) throw new Error('its chunks are none');
        if (end < 0) return piece.length;
        this.body = afterLine(body.seen, body.isTrailer);
        return end + 1;
      }
      default:
        return piece.length;
    }
  }
}

function after(left: number): Body {
  return left === 0 ? { kind: 'over' } : { kind: 'length', left };
}

function afterLine(line: string, isTrailer: boolean): Body {
  if (isTrailer) return line.trim() === '' ? { kind: 'over' } : { kind: 'line', isTrailer, seen: '' };
  const [, size] = /^[ \t]*([0-9a-f]{1,12})[ \t]*(?:;.*)?\r?\n$/is.exec(line) ?? [];
  if (size === undefined) throw new Error('its chunks are none');
  const bytes = parseInt(size, 16);
  // The line end after a chunk is its own.
  return bytes === 0 ? { kind: 'line', isTrailer: true, seen: '' } : { kind: 'chunk', left: bytes + 2 };
}
