/** One incarnation of a server's process tree, from its start until no process of it is left. */
import type { Doors, FromGeneration, ModuleGraph, ToGeneration } from '../../runtimes/protocol/messages.ts';
import type { DrainProgress, DrainResult, Failure, ListenerStatus, Origin } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { ControlOwner, ControlPeer, ControlServer } from './control-server.ts';
import { removeDoors } from '../folder/doors.ts';
import type { Environment } from '../folder/environment.ts';
import { describeEnding, describeSpawnError, uninvited } from './failure.ts';
import type { Ending } from './failure.ts';
import type { ListenerHandle } from '../listeners/listener-store.ts';
import { findListeningPort } from '../listeners/port-owner.ts';
import { Peers } from './peers.ts';
import type { FilesAnswer } from './peers.ts';
import type { Exit, ProcessTree, Started } from '../processes/process-tree.ts';
import { yields } from '../../runtimes/node/standby-plan.ts';

/** What a generation tells its server. */
export interface GenerationEvents {
  handle(key: string, handle: ListenerHandle): void;
  listening(listener: ListenerStatus, adopted: boolean): void;
  /** Every listener it is expected to serve is in place, gated or new. */
  ready(): void;
  accepting(): void;
  stopped(progress: DrainProgress): void;
  resumed(ok: boolean): void;
  /** From here on none of its processes answers a new request. */
  holding(): void;
  held(): void;
  draining(progress: DrainProgress): void;
  drained(result: DrainResult): void;
  closed(key: string): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
  exchange(line: string): void;
  trouble(message: string): void;
  lost(failure: Failure, clean: boolean): void;
  gone(failure: Failure, clean: boolean): void;
}

/** A listener that the generation before had, and that this one has not asked for this long after its first. */
const settleMs = 300;
/** How long a lost connection waits for the exit code that explains it. */
const explainMs = 500;
/** A server that takes part says so within this time (ms) of listening. */
const strayMs = 2000;
const keptErrors = 64 * 1024;

export class Generation implements ControlOwner {
  readonly number: number;
  readonly startedAt: number;
  readonly origin: Origin;
  bootMs = 0;
  exit: Exit = { code: null, signal: null };
  /** Listeners in place in this generation, with their side doors. */
  readonly doors = new Map<string, string>();
  served = false;
  /** Path of a GET that it has answered, once it was asked for one. */
  lastGet: string | undefined;
  /** Also those of listeners that it closed. */
  private readonly everyDoor = new Set<string>();
  private readonly tree: ProcessTree;
  private readonly peers = new Peers();
  private readonly spec: ServerSpec;
  private readonly env: Environment;
  private readonly events: GenerationEvents;
  private readonly expected: Set<string>;
  private readonly forget: () => void;
  private errors = '';
  private listenFailed: Ending['listenFailed'];
  private isReady = false;
  /** It leaves the processors to its predecessor. */
  private isSecond: boolean;
  private ended = false;
  private askedToLeave = false;
  private settle: { cancel(): void } | undefined;

  constructor(
    number: number,
    { tree, origin }: Started,
    spec: ServerSpec,
    control: ControlServer,
    env: Environment,
    events: GenerationEvents,
  ) {
    this.number = number;
    this.tree = tree;
    this.spec = spec;
    this.env = env;
    this.events = events;
    this.origin = origin;
    this.isSecond = origin !== 'cold' && yields(spec);
    this.expected = new Set(tree.inherited.keys());
    this.startedAt = env.clock.now();
    this.forget = control.expect(tree.token, this);
    tree.attach({
      output: (stream, text) => {
        if (stream === 'stderr') this.errors = (this.errors + text).slice(-keptErrors);
        events.output(stream, text);
      },
      handle: (key, handle) => events.handle(key, handle),
      spawnFailed: (error) => void this.spawnFailed(error),
      exited: (exit) => void this.exited(exit),
    });
    // Later ones have the listener from the start, and can't bind it again.
    if (tree.inherited.size === 0) this.lookForStrays();
  }

  get pid(): number {
    return this.tree.pid;
  }

  /** To every process of it that takes part. */
  send(message: ToGeneration): void {
    this.events.exchange(`→ gen ${String(this.number)} ${JSON.stringify(message)}`);
    this.peers.send(message);
  }

  comeFirst(): void {
    if (this.isSecond) this.send({ type: 'first' });
    this.isSecond = false;
  }

  get isOneProcess(): boolean {
    return this.peers.size === 1;
  }

  /** The process that listens; before one does, or if several do, the one that was started. */
  get serverPid(): number {
    return this.peers.onlyPid ?? this.pid;
  }

  get isHolding(): boolean {
    return this.peers.allHolding;
  }

  get held(): number {
    return this.peers.held;
  }

  get doorTable(): Doors {
    return Object.fromEntries(this.doors);
  }

  async loadedFiles(): Promise<LoadedAnswer> {
    return { ...(await this.peers.loadedFiles()), startedAt: this.startedAt };
  }

  /** Undefined if it can have no standby. */
  modules(): Promise<ModuleGraph | undefined> {
    return this.peers.modules();
  }

  write(text: string): void {
    this.tree.write(text);
  }

  /** Leave as after a signal; processes that don't take part get the signal itself. */
  ask(): void {
    this.askedToLeave = true;
    if (this.peers.size > 0) this.send({ type: 'retire' });
    else this.tree.signal('SIGTERM');
  }

  kill(): void {
    this.tree.signal('SIGKILL');
  }

  connected(peer: ControlPeer, pid: number): void {
    this.peers.add(peer, pid);
  }

  received(peer: ControlPeer, message: FromGeneration, line: string): void {
    this.events.exchange(`← gen ${String(this.number)} ${line}`);
    switch (message.type) {
      case 'listening':
        this.listening(message);
        return;
      case 'listenFailed': {
        const port = message.port;
        const held = port !== undefined && this.inheritedPorts.includes(port);
        this.listenFailed = { code: message.code, port, held };
        return;
      }
      case 'closed':
        this.doors.delete(message.key);
        this.events.closed(message.key);
        return;
      case 'holding':
        this.peers.holding(peer);
        if (this.peers.allHolding) this.events.holding();
        return;
      case 'held':
        this.peers.heldBy(peer, message.requests);
        this.events.held();
        return;
      case 'lastGet':
        this.lastGet = message.path;
        return;
      case 'accepting':
        this.events.accepting();
        return;
      case 'stopped':
        this.peers.stopped(peer, message);
        if (this.peers.allStopped) this.events.stopped(this.peers.progress);
        return;
      case 'resumed':
        this.peers.resumed();
        this.events.resumed(message.ok);
        return;
      case 'draining':
        this.peers.draining(peer, message);
        this.events.draining(this.peers.progress);
        return;
      case 'drained':
        this.peers.drained(peer, message);
        if (this.peers.result !== undefined) this.events.drained(this.peers.result);
        return;
      case 'trouble':
        this.events.trouble(message.message);
        return;
      case 'files':
      case 'modules':
        this.peers.answered(message.id, message);
        return;
      default: // hello again, or a newer runtime's word
    }
  }

  malformed(line: string): void {
    this.events.exchange(`← gen ${String(this.number)} malformed: ${line.slice(0, 200)}`);
  }

  disconnected(peer: ControlPeer): void {
    this.peers.remove(peer);
    if (this.peers.size > 0) return;
    this.env.clock.setTimeout(() => {
      // Wrappers that outlive their server, and helpers that it left, are signalled once it is gone.
      if (this.askedToLeave && !this.ended) this.tree.signal('SIGTERM');
      else void this.lose();
    }, explainMs);
  }

  private listening(message: FromGeneration & { type: 'listening' }): void {
    this.doors.set(message.key, message.door);
    this.everyDoor.add(message.door);
    this.expected.delete(message.key);
    const { key, tls, address, port, path } = message;
    this.events.listening(
      {
        key,
        tls,
        ...(address === undefined ? {} : { host: address }),
        ...(port === undefined ? {} : { port }),
        ...(path === undefined ? {} : { path }),
      },
      message.adopted,
    );
    this.settle?.cancel();
    if (this.expected.size === 0) this.becomeReady();
    else this.settle = this.env.clock.setTimeout(() => this.becomeReady(), settleMs);
  }

  /**
   * A server that listens without taking part is told from one that still boots. `seen`: the port on which it
   * listened at the last look, when it may just have been about to say so.
   */
  private lookForStrays(seen?: number): void {
    this.env.clock.setTimeout(() => {
      if (this.ended || this.askedToLeave || this.isReady || this.peers.size > 0) return;
      void findListeningPort(this.tree.members()).then((port) => {
        if (port === undefined || port !== seen || this.peers.size > 0) this.lookForStrays(port);
        else this.events.lost(uninvited(this.number, port), false);
      });
    }, strayMs);
  }

  private becomeReady(): void {
    if (this.isReady || this.ended) return;
    this.isReady = true;
    this.bootMs = this.env.clock.now() - this.startedAt;
    this.events.ready();
  }

  private async exited(exit: Exit): Promise<void> {
    this.exit = exit;
    await this.tree.lastOutput();
    if (exit.code !== 0 && this.peers.size === 0) await this.lose();
    await this.tree.empty();
    this.settle?.cancel();
    this.forget();
    removeDoors(this.env.folder, this.everyDoor);
    const failure = await this.describe();
    this.ended = true;
    this.events.gone(failure, exit.code === 0);
  }

  private async lose(): Promise<void> {
    if (this.ended || this.peers.size > 0) return;
    const failure = await this.describe();
    this.events.lost(failure, this.exit.code === 0);
  }

  private async spawnFailed(error: NodeJS.ErrnoException): Promise<void> {
    const failure = await describeSpawnError(this.number, this.spec.cwd, error);
    this.forget();
    this.ended = true;
    this.events.gone(failure, false);
  }

  private get inheritedPorts(): number[] {
    return [...this.tree.inherited.keys()].map((key) => Number(/:(\d+)$/.exec(key)?.[1] ?? 0));
  }

  private async describe(): Promise<Failure> {
    return await describeEnding({
      generation: this.number,
      cwd: this.spec.cwd,
      command: typeof this.spec.command === 'string' ? this.spec.command : this.spec.command.join(' '),
      errors: this.errors,
      exitCode: this.exit.code,
      signal: this.exit.signal,
      served: this.served,
      inheritedPorts: this.inheritedPorts,
      listenFailed: this.listenFailed,
    });
  }
}

export interface LoadedAnswer extends FilesAnswer {
  /** When the generation started, ms since the epoch: what changed later may differ from what it loaded. */
  readonly startedAt: number;
}
