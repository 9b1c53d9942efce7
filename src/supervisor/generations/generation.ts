/** One incarnation of a server's process tree, from its start until no process of it is left. */
import { runtimeNamed, runtimeOf } from '../../runtimes/registry.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { hear } from '../../runtimes/protocol/hear.ts';
import type { FromGeneration, ToGeneration } from '../../runtimes/protocol/messages.ts';
import type { Loss } from '../../handoff/state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Origin } from '../../shared/model.ts';
import { standbyYields } from '../../shared/spec.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { ControlOwner, ControlPeer, ControlServer } from './control-server.ts';
import { subjectOf } from '../attended/subject.ts';
import { removeDoors } from '../folder/doors.ts';
import type { Environment } from '../folder/environment.ts';
import { Evidence } from './evidence.ts';
import { describeSpawnError } from './failure.ts';
import { processOf, statusOf, without } from './generation-events.ts';
import type { GenerationEvents } from './generation-events.ts';
import { Journal } from './journal.ts';
import type { UsedFiles } from './journal.ts';
import { Peers } from './peers.ts';
import type { LoadedAnswer } from './peers.ts';
import { Readiness } from './readiness.ts';
import { Restarts } from './restarts.ts';
import { SideDoors } from '../listeners/side-doors.ts';
import { unmanagedBy, type Unmanaged } from '../listeners/unmanaged.ts';
import type { Exit } from '../processes/command-process.ts';
import type { ProcessTree, Started } from '../processes/process-tree.ts';

export type { LoadedAnswer, UsedFiles };

/** How long a lost connection waits for the exit code that explains it. */
const explainMs = 500;
/** Wrappers end by themselves once their server has, if they get a processor; helpers that it left do not. */
const wrappersMs = 2500;

export class Generation implements ControlOwner {
  readonly number: number;
  readonly startedAt: number;
  readonly origin: Origin;
  bootMs = 0;
  exit: Exit = { code: null, signal: null };
  private readonly sideDoors = new SideDoors<ControlPeer>();
  served = false;
  /** It listens without taking part. */
  unmanaged: Unmanaged | undefined;
  readonly tree: ProcessTree;
  readonly peers: Peers;
  readonly restarts: Restarts;
  private readonly spec: ServerSpec;
  private readonly env: Environment;
  private readonly events: GenerationEvents;
  private readonly readiness: Readiness;
  private readonly forget: () => void;
  readonly evidence: Evidence;
  /** It leaves the processors to its predecessor. */
  private isSecond: boolean;
  /** Takes part, and has opened a port of ours before it listened. */
  private isDebugged = false;
  private ended = false;
  private hasExited = false;
  private askedToLeave = false;
  private lastSignal: NodeJS.Signals = 'SIGTERM';

  constructor(
    number: number,
    { tree, origin }: Started,
    spec: ServerSpec,
    control: ControlServer,
    env: Environment,
    events: GenerationEvents,
  ) {
    const { attended } = tree;
    this.number = number;
    this.tree = tree;
    this.spec = spec;
    this.env = env;
    this.events = events;
    this.origin = origin;
    this.peers = new Peers(new Journal(env.folder, tree.token));
    this.restarts = new Restarts(spec.drainTimeoutMs, tree);
    this.isSecond = origin !== 'cold' && standbyYields(spec);
    this.readiness = new Readiness(env.clock, attended?.expects ?? tree.inherited.keys(), () => {
      this.bootMs = env.clock.now() - this.startedAt;
      events.ready();
    });
    const isOlder = (pid: number): boolean => events.isOlder(pid);
    this.evidence = new Evidence(number, spec, tree.inherited.keys(), isOlder, env.clock);
    this.startedAt = env.clock.now();
    this.forget = control.expect(tree.token, this);
    tree.attach({
      output: (stream, text) => {
        this.evidence.printed(stream, text);
        events.output(stream, text);
      },
      handle: (key, handle) => events.handle(key, handle),
      inspecting: (where) => {
        this.isDebugged = true;
        events.inspecting(where);
      },
      spawnFailed: (error) =>
        void describeSpawnError(number, spec.cwd, error).then((failure) => this.end(this.lossOf(failure))),
      exited: (exit) => void this.exited(exit),
    });
    attended?.begin(subjectOf(tree, attended, this, (key, handle) => events.handle(key, handle)));
    // Later ones have the listener from the start, and can't bind it again.
    if (tree.inherited.size === 0) {
      const known = (): boolean => this.ended || this.askedToLeave || this.isDebugged || this.peers.size > 0;
      this.readiness.lookForStrays(tree, known, (found) => {
        this.served = true; // and dies of other things than its boot
        this.unmanaged = unmanagedBy(found, this.peers.journal.tellsOf(found.pid), attended?.uninvited);
        events.unmanaged();
      });
    }
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

  /** The process that listens; before one does, or if several do, the one that was started. */
  get serverPid(): number {
    return this.peers.onlyPid ?? this.pid;
  }

  /** Of the processes that take part; before one does, of what the command looks like. */
  get runtime(): Runtime {
    const { runtime } = this.peers;
    return (runtime === undefined ? undefined : runtimeNamed(runtime)) ?? runtimeOf(this.spec.command);
  }

  /** Listeners in place in this generation, with their side doors. */
  get doors(): ReadonlyMap<string, string> {
    return this.sideDoors.all;
  }

  async loadedFiles(): Promise<LoadedAnswer> {
    const { startedAt } = this;
    return { ...(await this.peers.loadedFiles()), startedAt, bootedAt: startedAt + this.bootMs };
  }

  /** How `ask` ends it; SIGKILL is carried out at once, whatever it was asked for. */
  endBy(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.lastSignal = signal;
    if (signal === 'SIGKILL') this.kill();
  }

  /** Leave as after a signal; processes that don't take part get the signal itself. `since`: a successor started. */
  ask(since?: number): void {
    this.askedToLeave = true;
    const { lastSignal: signal } = this;
    if (signal === 'SIGKILL') return;
    if (this.peers.size > 0) this.send({ type: 'retire', signal, since });
    else this.tree.command.signal(signal);
  }

  kill(): void {
    this.tree.command.signal('SIGKILL');
  }

  connected(peer: ControlPeer, pid: number, runtime: string): void {
    if (this.peers.size === 0) this.tree.joined();
    this.peers.add(peer, pid, runtime);
    this.restarts.joined(peer, this.served, this.peers.size === 1);
  }

  received(peer: ControlPeer, message: FromGeneration, line: string): void {
    this.events.exchange(`← gen ${String(this.number)} ${line}`);
    hear(message, {
      ...processOf(peer, this.peers, this.events),
      listening: (listener) => this.listening(listener, peer),
      listenFailed: (failure) => this.evidence.failedToListen(failure),
      closed: (key, kept) => {
        this.sideDoors.close(peer, key);
        this.readiness.closed(key);
        if (!kept) this.events.closed(key);
      },
    });
  }

  malformed(line: string): void {
    this.events.exchange(`← gen ${String(this.number)} malformed: ${line.slice(0, 200)}`);
  }

  disconnected(peer: ControlPeer): void {
    this.sideDoors.gone(peer);
    without(peer, this.peers, this.events);
    if (this.peers.size > 0) return;
    if (this.restarts.isComing && !this.hasExited && !this.askedToLeave) return;
    const { clock } = this.env;
    const patienceMs = this.restarts.by === undefined ? wrappersMs : 0;
    const signal = (): unknown => !this.ended && this.tree.command.signal('SIGTERM');
    if (this.askedToLeave) clock.setTimeout(signal, patienceMs);
    else clock.setTimeout(() => void this.lose(), this.hasExited ? 0 : explainMs);
  }

  private listening(message: FromGeneration & { type: 'listening' }, peer: ControlPeer): void {
    this.unmanaged = undefined;
    this.sideDoors.add(peer, message.key, message.door);
    this.events.listening(statusOf(message), message.adopted, () => this.peers.accept(peer));
    this.readiness.listening(message.key);
  }

  private async exited(exit: Exit): Promise<void> {
    this.exit = exit;
    this.hasExited = true;
    this.tree.attended?.ended();
    await this.tree.command.lastOutput();
    if (exit.code !== 0 && this.peers.size === 0) await this.lose();
    await this.tree.command.empty();
    removeDoors(this.env.folder, this.sideDoors.every);
    this.end(await this.loss());
  }

  private async lose(): Promise<void> {
    if (this.ended || this.peers.size > 0) return;
    const loss = await this.loss();
    if (this.served) await this.restarts.diedOf(loss.failure);
    this.events.lost(loss);
  }

  async loss(): Promise<Loss> {
    return this.lossOf(await this.evidence.describe(this.exit, this.served));
  }

  private lossOf(failure: Failure): Loss {
    const at = this.env.clock.now();
    return { failure, clean: this.exit.code === 0, answered: this.peers.hasAnswered, at };
  }

  private end(loss: Loss): void {
    this.readiness.end();
    this.forget();
    this.ended = true;
    this.events.gone(loss);
    this.peers.journal.close();
  }
}
