/** This process as a part of its generation: what it says to the supervisor and what it does on its word. */
import { join } from '../engine/paths.ts';
import type { Doors, Invitation } from '../../../protocol/messages.ts';
import { obey, type ProcessSide } from '../../../protocol/obey.ts';
import { Channel } from './channel.ts';
import { Drain, progressOf } from '../traffic/drain.ts';
import { cutRequest, openRequests } from '../traffic/open-requests.ts';
import type { HearingEvents } from '../traffic/hearing.ts';
import { SoftEnd } from '../traffic/soft-end.ts';
import { tryCanary } from '../traffic/canary.ts';
import { LoadedFiles } from '../modules/loaded-files.ts';
import { moduleReport } from '../modules/module-report.ts';
import type { Inherited } from '../sockets/inherited.ts';
import type { ListenerHost } from '../sockets/listener-host.ts';
import type { ServedListener } from '../sockets/served-listener.ts';
import type { UsedFiles } from '../modules/used-files.ts';
import { DebugPort } from '../engine/debug-port.ts';
import { comeFirst } from '../engine/politeness.ts';
import { rehearseRelay } from '../relaying/rehearsal.ts';
import type { Start } from '../engine/start.ts';
import { keepSuccessorsFiles } from '../as-alone/successors-files.ts';
import { Leaving } from './leaving.ts';
import type { Self } from './self.ts';
import { Served } from './served.ts';

/** Progress is told at most this often. */
const progressMs = 250;
const heldMs = 5;

export class Participant implements ListenerHost<ServedListener>, ProcessSide {
  readonly invitation: Invitation;
  readonly served: Served;
  private readonly channel: Channel;
  private readonly start: Start;
  private readonly loaded: LoadedFiles;
  private readonly used: UsedFiles | undefined;
  private readonly onServing: () => void;
  private readonly leaving = new Leaving();
  private softEnd: SoftEnd | undefined;
  private nextDoor = 0;
  private accepting = false;
  private holding = false;
  private drain: Drain | undefined;
  private progress: NodeJS.Timeout | undefined;
  private reporting: NodeJS.Timeout | undefined;
  private letGo: (() => void) | undefined;
  private rehearsed = false;
  private readonly debugPort: DebugPort;
  private received = Promise.resolve();

  /** `onServing`: a listener is in place, and meant to stay. */
  constructor(
    invitation: Invitation,
    { resolved, used, start }: Self,
    inherited: Inherited,
    onServing: () => void,
  ) {
    this.invitation = invitation;
    this.debugPort = new DebugPort(invitation.debugged === true);
    this.onServing = onServing;
    this.start = start;
    this.used = used;
    this.loaded = new LoadedFiles(resolved, (file) => (used === undefined ? file : used.own(file)));
    this.channel = new Channel(
      invitation,
      (message) => {
        if (message.type === 'hold') this.served.hold(); // at once, whatever else is being done
        // In order: a `resume` that follows a `stop` finds it done.
        this.received = this.received
          .then(() => obey(message, this))
          .catch((error: unknown) => {
            this.channel.send({ type: 'trouble', message: String((error as Error).stack) });
          });
      },
      () => {
        this.retire();
      },
    );
    this.served = new Served(
      inherited,
      (message) => this.channel.send(message),
      () => this.drain !== undefined || this.leaving.isUnderWay,
    );
  }

  doorPath(): string {
    const name = `g${String(this.invitation.generation)}-${String(process.pid)}-${String(this.nextDoor++)}`;
    return join(this.invitation.doors, name);
  }

  announce(listener: ServedListener, adopted: boolean): void {
    this.onServing();
    listener.traffic.hearing.listens();
    if (this.holding) listener.traffic.hold();
    if (!listener.isTaken) this.channel.send({ type: 'listening', adopted, ...listener.describe() });
    if (adopted && this.accepting) listener.accept();
  }

  listenFailed(listener: ServedListener, error: NodeJS.ErrnoException & { port?: number }): void {
    this.served.delete(listener);
    const { code = 'UNKNOWN', message, port } = error;
    this.channel.send({ type: 'listenFailed', key: listener.key, code, message, port });
  }

  readonly keepAlive = (): (() => void) => this.channel.keepAlive();

  reportHeld(): void {
    this.reporting ??= setTimeout(() => {
      this.reporting = undefined;
      this.channel.send({ type: 'held', requests: this.served.held });
    }, heldMs).unref();
  }

  connectionClosed(): void {
    this.softEnd?.check();
    if (this.drain === undefined) return;
    this.drain.check();
    this.leaving.connectionClosed();
    this.progress ??= setTimeout(() => {
      this.progress = undefined;
      if (this.drain !== undefined) this.channel.send({ type: 'draining', ...this.drain.progress });
    }, progressMs).unref();
  }

  hears(key: string): HearingEvents {
    return {
      answered: () => this.channel.send({ type: 'answered' }),
      ready: (readiness) => this.channel.send({ type: 'wasReady', key, ...readiness }),
    };
  }

  readonly comeFirst = comeFirst;

  accept(): void {
    this.accepting = true;
    this.debugPort.take();
    for (const listener of this.served.all) {
      listener.accept();
      listener.traffic.marks.begin();
    }
    this.channel.send({ type: 'accepting' });
  }

  hold(): void {
    this.holding = true;
    this.served.hold();
    this.prepare();
    this.channel.send({ type: 'holding' });
  }

  release(): void {
    this.holding = false;
    for (const listener of this.served.all) listener.traffic.release();
  }

  remember(): void {
    for (const listener of this.served.all) listener.traffic.hearing.remember();
  }

  readonly inspect = (): void =>
    this.debugPort.open((where) => this.channel.send({ type: 'inspecting', ...where }));

  beRestarted(drainMs: number): void {
    this.softEnd ??= new SoftEnd(() => this.served.all, drainMs);
  }

  readonly vacate = (drainMs: number): void => this.stopAccepting(drainMs, undefined);

  tellFiles(id: number): void {
    const { complete } = this.loaded;
    this.used?.booted();
    this.channel.send({ type: 'files', id, ...this.loaded.list(), complete });
  }

  readonly tellModules = (id: number): void =>
    this.channel.send({ type: 'modules', id, ...moduleReport(this.loaded, this.start) });

  readonly tellRequests = (id: number): void =>
    this.channel.send({ type: 'requests', id, ...openRequests(this.served.traffic) });

  readonly tellMarks = (id: number): void => this.served.tellMarks(id);

  cut(request: number): void {
    if (cutRequest(this.served.traffic, request)) this.drain?.cutOne();
  }

  /** So that a stop, and what is relayed after it, takes no longer than it must. */
  prepare(): void {
    for (const { key, traffic } of this.served.all) {
      const path = traffic.hearing.lastGet;
      if (path !== undefined) this.channel.send({ type: 'lastGet', key, path });
    }
    for (const listener of this.served.all) void listener.prepareStop();
    // If it fails, everything is as it would be without it.
    if (!this.rehearsed) setImmediate(() => void rehearseRelay().catch(() => undefined));
    this.rehearsed = true;
  }

  async stop(successor: Doors, drainMs: number, canary: boolean): Promise<void> {
    const listeners = this.served.all;
    await Promise.all(listeners.map((listener) => listener.prepareStop()));
    if (canary) await tryCanary(listeners, successor);
    // From an answer of the successor up to here nothing is asked of us: it is one turn of the loop.
    this.stopAccepting(drainMs, successor);
  }

  /** Without a `successor` requests on connections that are left are the last on them. */
  private stopAccepting(drainMs: number, successor: Doors | undefined): void {
    for (const listener of this.served.all) listener.stopAccepting();
    const { traffic } = this.served;
    this.debugPort.leave();
    this.channel.send({ type: 'stopped', ...progressOf(traffic) });
    this.letGo ??= this.channel.keepAlive(); // until told to leave, whatever the app's own handles do
    if (successor !== undefined) this.relay(successor);
    else for (const one of traffic) one.beLast();
    this.drain = new Drain(traffic, drainMs, successor === undefined, {
      done: (result) => {
        for (const one of traffic) one.refuse();
        this.channel.send({ type: 'drained', ...result });
      },
      passing: this.passing,
    });
  }

  relay(successor: Doors): void {
    for (const { key, traffic } of this.served.all) traffic.relay(successor[key]);
  }

  private readonly passing = (): void => this.channel.send({ type: 'passing' });

  resume(): void {
    this.holding = false;
    this.drain?.cancel();
    this.drain = undefined;
    const ok = this.served.all.map((listener) => listener.resume()).every(Boolean);
    this.debugPort.take();
    this.letGo?.(); // it serves again: how long it lives is the app's business
    this.letGo = undefined;
    this.channel.send({ type: 'resumed', ok });
  }

  retire(signal: NodeJS.Signals = 'SIGTERM', since?: number): void {
    this.softEnd?.dispose();
    this.served.tellMarks();
    if (since !== undefined) keepSuccessorsFiles(since);
    // What keeps it alive from here on is the app's: it may end by having nothing left to do.
    const last = (): void => this.letGo?.();
    this.leaving.begin(signal, this.drain, this.served.all, { last, passing: this.passing });
  }
}
