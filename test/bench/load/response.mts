type Part = 'head' | 'body' | 'untilClose' | 'chunkSize' | 'chunk' | 'trailers' | 'over';

/**
 * One response of HTTP/1.1 as it arrives: reads just enough to know where it ends (RFC 9112, 6), since a client of
 * `node:http` takes the server half as much processor again, and clients are elsewhere.
 */
export class Response {
  status = 0;
  /** The status line and the headers, without the empty line after them. */
  head = '';
  body = '';
  /** The server will not answer on this connection again. */
  closes = false;
  private part: Part = 'head';
  private unread = '';
  /** Of the body or of the chunk, in bytes. */
  private missing = 0;

  get isWhole(): boolean {
    return this.part === 'over';
  }

  get hasBegun(): boolean {
    return this.part !== 'head';
  }

  /** Throws an Error at what is no HTTP. */
  read(piece: Buffer): void {
    this.unread += piece.toString('latin1');
    while (this.step());
  }

  /** No more will come: that is an end, too, if nothing else was promised. */
  close(): void {
    if (this.part === 'untilClose') this.part = 'over';
  }

  /** False: it takes more to go on. */
  private step(): boolean {
    switch (this.part) {
      case 'head': {
        const end = this.unread.indexOf('\r\n\r\n');
        if (end < 0) return false;
        this.readHead(this.unread.slice(0, end));
        this.unread = this.unread.slice(end + 4);
        return true;
      }
      case 'body':
      case 'chunk': {
        const here = this.unread.slice(0, this.missing);
        this.body += here;
        this.unread = this.unread.slice(here.length);
        this.missing -= here.length;
        if (this.missing > 0) return false;
        this.part = this.part === 'body' ? 'over' : 'chunkSize';
        return true;
      }
      case 'chunkSize': {
        const [line, size] = /^(?:\r\n)?([0-9a-f]+)[^\n]*\n/i.exec(this.unread) ?? [];
        if (line === undefined || size === undefined) return false;
        this.unread = this.unread.slice(line.length);
        this.missing = Number.parseInt(size, 16);
        this.part = this.missing === 0 ? 'trailers' : 'chunk';
        return true;
      }
      case 'trailers': {
        const end = this.unread.startsWith('\r\n') ? 0 : this.unread.indexOf('\r\n\r\n');
        if (end < 0) return false;
        this.part = 'over';
        return false;
      }
      case 'untilClose':
        this.body += this.unread;
        this.unread = '';
        return false;
      case 'over':
        return false;
    }
  }

  private readHead(head: string): void {
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
    if (status === undefined) throw new Error(`not HTTP: ${head}`);
    this.head = head;
    this.status = Number(status);
    const isKept = /\r\nconnection: *keep-alive/i.test(head);
    this.closes = /\r\nconnection: *close/i.test(head) || (head.startsWith('HTTP/1.0') && !isKept);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.part = 'chunkSize';
    else if (status === '204' || status === '304') this.part = 'over';
    else if (length === undefined) this.part = 'untilClose';
    else {
      this.missing = Number(length);
      this.part = this.missing === 0 ? 'over' : 'body';
    }
  }
}
