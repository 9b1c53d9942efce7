/**
 * What becomes of the requests of a server's clients: whether a new one is answered here (`serve`), waits for the next
 * generation (`hold`), or goes to it: every one (`relay`), or one alone (`canary`); or is the last of its connection
 * (`last`).
 *
 * One property on the server instance does it: its own `emit`. The server's listeners, their order and their
 * number are as the app made them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { approach } from '../../../protocol/door-client.ts';
import { answerOf, incomingOf, isGone } from '../relaying/incoming.ts';
import type { Incoming } from '../relaying/incoming.ts';
import { isSecure } from '../engine/internals.ts';
import type { AnyServer } from '../engine/internals.ts';
import { Clients } from './clients.ts';
import { HandedOver } from './handed-over.ts';
import { Hearing } from './hearing.ts';
import type { HearingEvents } from './hearing.ts';
import { answerLast, noteTurn } from '../relaying/pipelined.ts';
import { Marks } from './marks.ts';
import { refuse, relay } from '../relaying/relay.ts';
import { Waiting } from './waiting.ts';

type Mode = 'serve' | 'canary' | 'hold' | 'relay' | 'last';

export interface TrafficEvents extends HearingEvents {
  /** The number of held requests changed. */
  held(): void;
  /** A connection is gone, or a stream of one. */
  closed(): void;
  /** `listening` and `error` of the server; false keeps the event from the app. */
  lifecycle(event: string, args: readonly unknown[]): boolean;
}

export class Traffic {
  readonly clients: Clients;
  /** Answers that are not the app's to give: of requests that wait or were passed on. */
  readonly diverted = new WeakSet<object>();
  readonly hearing: Hearing;
  readonly marks = new Marks();
  private mode: Mode = 'serve';
  private door: string | undefined;
  /** The place of the one request that goes ahead, until it is taken. */
  private canary: { take(incoming: Incoming): void; give(): void } | undefined;
  private readonly waiting: Waiting;
  private relaying = 0;
  private readonly handedOver: HandedOver;
  private readonly events: TrafficEvents;
  /** It speaks something else than HTTP. */
  private readonly isOther: () => boolean;
  private readonly pass: (event: string, args: readonly unknown[]) => boolean;

  constructor(server: AnyServer, events: TrafficEvents) {
    this.events = events;
    this.waiting = new Waiting(() => events.held());
    this.clients = new Clients(() => events.closed());
    this.hearing = new Hearing(events);
    this.isOther = () => server.listenerCount('request') + server.listenerCount('stream') === 0;
    const emit = server.emit;
    const secure = isSecure(server);
    this.pass = (event, args) => Reflect.apply(emit, server, [event, ...args]) as boolean;
    const value = (...all: [event: string, ...args: unknown[]]): boolean => {
      // The way of every request while nothing is being swapped: as short as can be.
      if (this.mode === 'serve' && all[0] === 'request') {
        noteTurn(all[1] as IncomingMessage, all[2] as ServerResponse);
        this.hearing.note(all[1] as IncomingMessage, all[2] as ServerResponse);
        if (this.marks.areWanted) this.marks.note(all[2] as ServerResponse);
        return Reflect.apply(emit, server, all) as boolean;
      }
      const [event, ...args] = all;
      return this.emitted(event, args, secure);
    };
    Object.defineProperty(server, 'emit', { value, configurable: true, writable: true });
    this.handedOver = new HandedOver(server, this.clients, (event, args) => this.diverts(event, args));
  }

  get held(): number {
    return this.waiting.size + this.relaying;
  }

  hold(): void {
    if (this.mode !== 'serve' && this.mode !== 'canary') return;
    this.canary?.give();
    this.mode = 'hold';
  }

  /** Held requests are answered here after all. */
  release(): void {
    this.canary?.give();
    this.mode = 'serve';
    this.door = undefined;
    this.waiting.handOut(
      (incoming) => this.answer(incoming),
      () => this.mode === 'serve' || this.mode === 'last',
    );
  }

  /**
   * The next request goes to the successor behind `door`, all others are answered here until a later call says
   * otherwise. Resolves when its answer begins or its client has gone.
   */
  tryCanary(door: string | undefined): Promise<void> {
    if (this.mode !== 'serve' || door === undefined) return new Promise(() => undefined);
    this.mode = 'canary';
    // Before there is anybody who would wait for that: it is the first time for the successor, too.
    const way = approach(door);
    way.catch(() => undefined); // told to whoever takes it
    return new Promise((resolve) => {
      this.canary = {
        take: (incoming) => {
          this.canary = undefined;
          answerOf(incoming).once('close', resolve);
          this.hand(door, incoming, { way, onAnswer: resolve });
        },
        give: () => {
          this.canary = undefined;
          way.then(
            (socket) => socket.destroy(),
            () => undefined,
          );
        },
      };
    });
  }

  /** One is under way. */
  get hasCanary(): boolean {
    return this.mode === 'canary' && this.canary === undefined;
  }

  /** Requests go to the successor behind `door`; without one they wait for a later call. */
  relay(door: string | undefined): void {
    this.canary?.give();
    this.mode = 'relay';
    this.door = door;
    if (door === undefined) return;
    for (const incoming of this.waiting.takeAll()) this.hand(door, incoming);
  }

  /** Requests are answered here, each the last of its connection. */
  beLast(): void {
    this.release();
    this.mode = 'last';
  }

  /** Ends the wait of requests that no generation came for. */
  refuse(): void {
    for (const incoming of this.waiting.takeAll()) refuse(incoming);
  }

  private emitted(event: string, args: readonly unknown[], secure: boolean): boolean {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        // An HTTP/2 request was decided on as a stream.
        if ('stream' in (args[0] as object)) break;
        noteTurn(args[0] as IncomingMessage, args[1] as ServerResponse);
        if (this.diverts(event, args)) return true;
        break;
      case 'connect':
        if (!('stream' in (args[0] as object)) && this.diverts(event, args)) return true;
        break;
      case 'stream':
        this.clients.trackStream(args[0] as ServerHttp2Stream);
        if (this.diverts(event, args)) return true;
        if (this.marks.areWanted) this.marks.note(args[0] as ServerHttp2Stream);
        break;
      case 'upgrade':
        if (this.diverts(event, args)) return true;
        this.clients.noteUpgrade(args[0] as IncomingMessage);
        this.hearing.noteOther();
        break;
      case 'connection':
        this.handedOver.watch();
        this.clients.track(args[0] as Socket, !secure);
        if (this.isOther()) this.hearing.noteOther();
        break;
      case 'secureConnection':
        this.clients.track(args[0] as Socket, true);
        break;
      case 'session':
        this.clients.trackSession(args[0] as ServerHttp2Session);
        break;
      case 'listening':
      case 'error':
        if (!this.events.lifecycle(event, args)) return true;
        break;
      default:
    }
    return this.pass(event, args);
  }

  /** True: somebody else's business from here on. */
  private diverts(event: string, args: readonly unknown[]): boolean {
    if (this.mode === 'serve') return false;
    if (this.mode === 'last') {
      const incoming = incomingOf(event, args);
      return answerLast(incoming, () => this.give(incoming, this.pass));
    }
    // A connection that is no longer HTTP's lasts: it is not the one to try with.
    if (this.mode === 'canary' && (this.canary === undefined || event !== 'request')) return false;
    const incoming = incomingOf(event, args);
    this.diverted.add(answerOf(incoming));
    this.marks.divert(incoming);
    if (this.mode === 'canary') this.canary?.take(incoming);
    else if (this.mode === 'relay' && this.door !== undefined) this.hand(this.door, incoming);
    else this.waiting.add(incoming);
    return true;
  }

  /** Here after all. */
  private answer(incoming: Incoming): void {
    this.marks.goesOn(incoming);
    this.diverted.delete(answerOf(incoming));
    this.give(incoming, (event, args) => this.emitted(event, args, false));
  }

  private give({ event, args }: Incoming, emit: (event: string, args: readonly unknown[]) => boolean): void {
    const way = this.handedOver.wayOf(args[0]) ?? emit;
    way(event, args);
  }

  private hand(
    door: string,
    incoming: Incoming,
    canary?: { way: Promise<Socket>; onAnswer: () => void },
  ): void {
    this.relaying += 1;
    this.marks.goesOn(incoming);
    const onNobody = (): void => {
      // Nobody behind the door: the successor has a successor, or we are about to hear that it died.
      if (isGone(incoming)) return;
      if (this.mode === 'serve' || this.mode === 'canary') this.answer(incoming);
      else if (this.door !== undefined && this.door !== door) this.hand(this.door, incoming);
      else this.waiting.add(incoming);
    };
    const isInner = this.handedOver.wayOf(incoming.args[0]) !== undefined;
    relay(canary?.way ?? approach(door), incoming, onNobody, canary?.onAnswer, isInner)
      .catch(() => undefined) // a client that went in the very moment
      .finally(() => {
        this.relaying -= 1;
        this.events.held();
      });
  }
}
