/**
 * A client's connection, of which plain requests are passed on as they are, byte for byte, and their answers, too. A
 * request that is not plain takes it over to the library that knows them all, for good. A proxy that reads and writes
 * each head anew costs a request three times as much as the server behind it.
 */
import type net from 'node:net';
import { refusal } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Target } from '../target.ts';
import { AnswerReader, readRequest } from './framing.ts';
import type { PlainRequest } from './framing.ts';
import type { Call, Caller } from './calls.ts';

export interface LineEvents {
  /** Resolves with who is to answer; undefined if `gone` says so before. */
  next(gone: Promise<unknown>): Promise<Target | undefined>;
  /** From here on it is the library's. */
  isOdd(socket: net.Socket): void;
}

const mostSeen = 64 * 1024;
const lastChunk = '0\r\n\r\n';

export class Line implements Caller, Answer {
  private readonly socket: net.Socket;
  private readonly events: LineEvents;
  private readonly gone: Promise<unknown>;
  /** What has come of requests that nobody has been asked. */
  private seen: Buffer | undefined;
  private asking: { readonly request: PlainRequest; readonly bytes: Buffer; target?: Target } | undefined;
  private call: Call | undefined;
  private reader: AnswerReader | undefined;
  private hasAnswered = false;
  /** The client has nothing more to say. */
  private isHalf = false;
  private isToEnd = false;

  constructor(socket: net.Socket, events: LineEvents) {
    this.socket = socket;
    this.events = events;
    socket.setNoDelay(true);
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        resolve(undefined);
        this.hungUp();
      });
    });
    socket.on('data', this.heard);
    socket.on('drain', this.drained);
    socket.on('end', this.half);
  }

  get isEventStream(): boolean {
    return this.reader?.head?.isEventStream === true;
  }

  /** Between two of its chunks, so that its client sees it end and comes back. */
  endStream(): void {
    this.isToEnd = true;
    this.endBetween();
  }

  cut(): void {
    this.socket.destroy();
  }

  hears(piece: Buffer): void {
    const { reader, asking } = this;
    if (reader === undefined || asking === undefined) return;
    const hadHead = reader.head !== undefined;
    let length: number;
    try {
      length = reader.see(piece);
    } catch {
      // As it would have been without us: it is for the client to say.
      this.socket.write(piece);
      this.cut();
      return;
    }
    this.hasAnswered = true;
    if (!hadHead && reader.head !== undefined) {
      const { method, path } = asking.request;
      asking.target?.onAnswer(method === 'GET' ? path : undefined, reader.head.status < 500);
    }
    const isRoomy = this.socket.write(length === piece.length ? piece : piece.subarray(0, length));
    if (reader.isOver) this.answered(length === piece.length);
    else {
      if (!isRoomy) this.call?.socket.pause();
      if (this.isToEnd) this.endBetween();
    }
  }

  ended(error?: Error): void {
    const { asking, reader, call } = this;
    this.call = undefined;
    if (asking === undefined || reader === undefined) return;
    if (this.hasAnswered) {
      const isWhole = reader.endsByClose && error === undefined;
      this.over();
      if (isWhole) this.socket.end();
      else this.socket.destroy();
      return;
    }
    void this.lost(call?.isKept === true, error);
  }

  private readonly heard = (piece: Buffer): void => {
    this.seen = this.seen === undefined ? piece : Buffer.concat([this.seen, piece]);
    if (this.asking === undefined) this.look();
    else if (this.seen.length > mostSeen) this.socket.pause();
  };

  private readonly drained = (): void => {
    this.call?.socket.resume();
  };

  private readonly half = (): void => {
    this.isHalf = true;
    if (this.asking === undefined) this.socket.end();
  };

  /** At what has come while nobody is asked anything. */
  private look(): void {
    const { seen } = this;
    if (seen === undefined) return;
    const request = readRequest(seen);
    if (request === 'partial' && seen.length <= mostSeen) return;
    if (request === 'odd' || request === 'partial') {
      this.giveAway(seen);
      return;
    }
    const bytes = request.length === seen.length ? seen : seen.subarray(0, request.length);
    this.seen = request.length === seen.length ? undefined : seen.subarray(request.length);
    this.asking = { request, bytes };
    void this.ask();
  }

  private async ask(isFresh = false): Promise<void> {
    const target = await this.events.next(this.gone);
    const { asking } = this;
    if (target === undefined || asking === undefined || this.socket.destroyed) return;
    asking.target = target;
    target.begin(this);
    this.reader = new AnswerReader(asking.request.method);
    this.hasAnswered = false;
    // A request that can't be sent twice gets a connection that nobody is about to close.
    this.call = target.calls.take(this, isFresh || asking.request.hasBody);
    this.call.socket.write(asking.bytes);
  }

  /** `isClean`: nothing came after it that nobody has asked for. */
  private answered(isClean: boolean): void {
    const { call, reader, asking } = this;
    const isLast = reader?.head?.isLast === true || asking?.request.isLast === true;
    this.call = undefined;
    if (call !== undefined) {
      call.socket.resume();
      if (isClean && !isLast) asking?.target?.calls.leave(call);
      else this.letGo(call);
    }
    this.over();
    this.goOn(isLast);
  }

  private goOn(isLast: boolean): void {
    if (isLast || (this.isHalf && this.seen === undefined)) {
      this.socket.end();
      return;
    }
    this.socket.resume();
    this.look();
  }

  /** Nobody answers it any more. */
  private over(): void {
    const target = this.asking?.target;
    this.asking = undefined;
    this.reader = undefined;
    this.isToEnd = false;
    target?.over(this);
  }

  private letGo(call: Call): void {
    call.caller = undefined;
    call.socket.destroy();
  }

  /** The connection on which it was asked is gone without a word. */
  private async lost(wasKept: boolean, error: NodeJS.ErrnoException | undefined): Promise<void> {
    const { asking } = this;
    const target = asking?.target;
    if (asking === undefined || target === undefined) return;
    const then = await target.afterLoss(error, wasKept && !asking.request.hasBody);
    target.over(this);
    if (this.asking !== asking) return;
    if (then === 'again' || then === 'notTaken') return this.ask(true);
    this.over();
    if (error === undefined || then === 'broken') this.socket.destroy();
    else this.socket.end(refusal(error));
  }

  private endBetween(): void {
    const { reader, call, asking } = this;
    if (reader === undefined || asking === undefined) return;
    if (!reader.isBetweenChunks && !reader.endsByClose) return;
    const isLast = reader.head?.isLast === true || asking.request.isLast;
    if (reader.isBetweenChunks) this.socket.write(lastChunk);
    this.call = undefined;
    if (call !== undefined) this.letGo(call);
    this.over();
    this.goOn(isLast);
  }

  private hungUp(): void {
    const { call } = this;
    this.call = undefined;
    if (call !== undefined) this.letGo(call);
    this.over();
  }

  private giveAway(seen: Buffer): void {
    const { socket } = this;
    this.seen = undefined;
    socket.off('data', this.heard).off('drain', this.drained).off('end', this.half);
    socket.pause();
    socket.unshift(seen);
    this.events.isOdd(socket);
    socket.resume();
  }
}
