/**
 * One server that takes its listening sockets as they are given to it. Old and new accept on the same ones from the
 * moment in which the new one is ready to that in which the old one heeds the signal to stop, and nobody can make
 * requests wait.
 */
import type { ServerSpec } from '../../shared/spec.ts';
import type { Attendant, Attended, SourceGlobs, Subject } from '../attendant.ts';
import type { FromGeneration, ToGeneration } from '../protocol/messages.ts';
import { noProgress, noResult } from '../../shared/model.ts';
import type { Participation } from '../runtime.ts';
import type { Address } from './address.ts';
import { bind, BindError } from './bind.ts';
import type { BoundSocket } from './bind.ts';
import { inodeOf, waitsOn } from './polled.ts';

/** How its kind of server is given sockets, and told to stop. */
export interface Dialect {
  readonly participation: Participation;
  readonly name: string;
  readonly noStandby: string;
  addresses(): Promise<readonly Address[]>;
  sources(): SourceGlobs;
  start(spec: ServerSpec, addresses: readonly Address[]): Pick<Attended, 'command' | 'env'>;
  /** Accept no more, and finish what is there. `undo`: to accept again, where that is possible. */
  readonly signals: {
    readonly stop: NodeJS.Signals;
    readonly undo?: NodeJS.Signals;
    readonly leave: NodeJS.Signals;
    /** Its main process tells the others. */
    readonly only?: 'leader';
  };
}

/** Between two looks whether it accepts (ms): the shorter, the fewer requests meet older code. */
const lookMs = 2;
const drainLookMs = 50;
/** Where the system does not tell: so long after it was started (ms), unless it says so before. */
const guessMs = 1000;
const saysReady = /\b(?:listening|ready|started|serving|running)\b/i;

export class SocketsAttendant implements Attendant {
  readonly participation: Participation;
  readonly holds = false;
  readonly dialect: Dialect;
  addresses: readonly Address[] = [];
  failed: BindError | undefined;
  private sockets: readonly BoundSocket[] = [];
  private inodes: ReadonlySet<number> = new Set();
  /** The supervisor has them among its listeners. */
  private isKept = false;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.participation = dialect.participation;
  }

  get promise(): string {
    return this.dialect.name;
  }

  get sources(): SourceGlobs {
    return this.dialect.sources();
  }

  async ready(): Promise<void> {
    if (this.sockets.length > 0) return;
    this.failed = undefined;
    try {
      this.addresses = await this.dialect.addresses();
      this.sockets = await bind(this.addresses);
      const inodes = await Promise.all(this.sockets.map(({ fd }) => inodeOf(fd)));
      this.inodes = new Set(inodes.filter((inode) => inode !== undefined));
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      this.failed = error;
    }
  }

  next(spec: ServerSpec): Attended {
    return new Given(this, this.dialect.start(spec, this.addresses), this.sockets);
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
    this.sockets = [];
    this.isKept = false;
  }

  /** Together they were made, and together they are given up and made again. */
  keptBy(subject: Subject): void {
    if (this.isKept) return;
    this.isKept = true;
    for (const { key } of this.addresses) subject.keeps(key, () => this.close());
  }

  /** Undefined where the system does not tell. */
  async isAccepting(pids: readonly number[]): Promise<boolean | undefined> {
    return this.inodes.size === 0 ? undefined : await waitsOn(pids, this.inodes);
  }
}

class Given implements Attended {
  readonly command: Attended['command'];
  readonly env: Attended['env'];
  readonly descriptors: readonly number[];
  readonly expects: readonly string[];
  readonly uninvited;
  readonly notReadyAdvice: string;
  private readonly owner: SocketsAttendant;
  private subject: Subject | undefined;
  private isOver = false;
  private hasSaid = false;

  constructor(
    owner: SocketsAttendant,
    { command, env }: Pick<Attended, 'command' | 'env'>,
    sockets: readonly BoundSocket[],
  ) {
    this.owner = owner;
    this.command = command;
    this.env = env;
    this.descriptors = sockets.map(({ fd }) => fd);
    this.expects = owner.addresses.map(({ key }) => key);
    this.notReadyAdvice = `Does it accept on the sockets that it is given (${owner.dialect.name})?`;
    this.uninvited = {
      missing: `the sockets that it was given (${owner.dialect.name})`,
      advice: 'Does it ask for them? If not, "way": "front" may do.',
    };
  }

  begin(subject: Subject): void {
    this.subject = subject;
    const { failed } = this.owner;
    if (failed === undefined) {
      void this.untilAccepting(subject);
      return;
    }
    const { key, port } = failed.address;
    subject.joins(this.owner.dialect.name);
    subject.says({ type: 'listenFailed', key, code: failed.code, message: failed.message, port });
    subject.signal('SIGKILL');
  }

  hear(message: ToGeneration): void {
    const { signals, noStandby } = this.owner.dialect;
    switch (message.type) {
      case 'accept':
        this.say({ type: 'accepting' });
        return;
      case 'hold':
        this.say({ type: 'holding' }); // and the truth is that it can't: see `holds`
        return;
      case 'stop':
      case 'vacate':
        this.signal(signals.stop);
        this.say({ type: 'stopped', ...noProgress });
        if (signals.only !== undefined) void this.untilAlone();
        return;
      case 'resume':
        if (signals.undo !== undefined) this.signal(signals.undo);
        this.say({ type: 'resumed', ok: signals.undo !== undefined && !this.isOver });
        return;
      case 'retire':
        this.signal(
          message.signal === undefined || message.signal === 'SIGTERM' ? signals.leave : message.signal,
        );
        return;
      case 'files':
        this.say({ type: 'files', id: message.id, files: [], complete: true });
        return;
      case 'modules':
        this.say({ type: 'modules', id: message.id, unfit: noStandby, own: null });
    }
  }

  printed(text: string): void {
    this.hasSaid ||= saysReady.test(text);
  }

  isExpected(port: number): boolean {
    return this.owner.addresses.some((address) => address.port === port);
  }

  ended(): void {
    this.isOver = true;
    this.subject?.leaves();
  }

  private say(message: FromGeneration): void {
    this.subject?.says(message);
  }

  private signal(signal: NodeJS.Signals): void {
    this.subject?.signal(signal, this.owner.dialect.signals.only === 'leader');
  }

  /** Of the processes of such a server, those that answer end when they have. */
  private async untilAlone(): Promise<void> {
    const workers = (): number =>
      this.subject?.members().filter((pid) => pid !== this.subject?.pid).length ?? 0;
    while (!this.isOver && workers() > 0) await new Promise((resolve) => setTimeout(resolve, drainLookMs));
    if (!this.isOver) this.say({ type: 'drained', ...noResult });
  }

  private async untilAccepting(subject: Subject): Promise<void> {
    const began = performance.now();
    for (;;) {
      if (this.isOver) return;
      const accepts = await this.owner.isAccepting(subject.members());
      if (accepts === true) break;
      if (accepts === undefined && (this.hasSaid || performance.now() - began > guessMs)) break;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    const { owner } = this;
    subject.joins(owner.dialect.name);
    owner.keptBy(subject);
    for (const { key, port, path } of owner.addresses) {
      const place = { ...(port === undefined ? {} : { port }), ...(path === undefined ? {} : { path }) };
      this.say({ type: 'listening', key, adopted: true, door: '', tls: false, ...place });
    }
  }
}
