/** One incarnation of a server's process tree, from its start until no process of it is left. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { launch } from '../runtimes/node/launch.ts';
import { version } from '../runtimes/protocol.ts';
import type { Doors, FromGeneration, ToGeneration } from '../runtimes/protocol.ts';
import type { DrainProgress, DrainResult, Failure, ListenerStatus, ServerSpec } from '../shared/model.ts';
import type { ControlOwner, ControlPeer, ControlServer } from './control-server.ts';
import type { Environment } from './environment.ts';
import { describeEnding } from './failure.ts';
import type { Ending } from './failure.ts';
import type { ListenerHandle } from './listener-store.ts';
import { ProcessGroup } from './process-group.ts';

/** What a generation tells its server. */
export interface GenerationEvents {
  handle(key: string, handle: ListenerHandle): void;
  listening(listener: ListenerStatus, adopted: boolean): void;
  /** Every listener it is expected to serve is in place, gated or new. */
  ready(): void;
  accepting(): void;
  stopped(): void;
  resumed(ok: boolean): void;
  held(): void;
  draining(progress: DrainProgress): void;
  drained(result: DrainResult): void;
  closed(key: string): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
  exchange(line: string): void;
  lost(failure: Failure, clean: boolean): void;
  gone(failure: Failure, clean: boolean): void;
}

/** A listener that the generation before had, and that this one has not asked for this long after its first. */
const settleMs = 300;
/** How long a lost connection waits for the exit code that explains it. */
const explainMs = 500;
const lastOutputMs = 200;
const keptErrors = 64 * 1024;

export class Generation implements ControlOwner {
  readonly number: number;
  readonly startedAt: number;
  readonly pid: number;
  bootMs = 0;
  exit: { readonly code: number | null; readonly signal: string | null } = { code: null, signal: null };
  /** Listeners in place in this generation, with their side doors. */
  readonly doors = new Map<string, string>();
  served = false;
  private readonly child: ChildProcess;
  private readonly group: ProcessGroup | undefined;
  private readonly peers = new Map<ControlPeer, { readonly pid: number; held: number; stopped: boolean }>();
  private readonly spec: ServerSpec;
  private readonly env: Environment;
  private readonly events: GenerationEvents;
  private readonly inherited: ReadonlyMap<string, number>;
  private readonly expected: Set<string>;
  private readonly forget: () => void;
  private readonly files = new Map<number, (answer: Omit<LoadedAnswer, 'startedAt'>) => void>();
  private nextFiles = 1;
  private errors = '';
  private listenFailed: Ending['listenFailed'];
  private isReady = false;
  private ended = false;
  private asked = false;
  private settle: { cancel(): void } | undefined;

  constructor(
    number: number,
    spec: ServerSpec,
    inherited: ReadonlyMap<string, number>,
    control: ControlServer,
    env: Environment,
    events: GenerationEvents,
  ) {
    this.number = number;
    this.spec = spec;
    this.env = env;
    this.events = events;
    this.inherited = inherited;
    this.expected = new Set(inherited.keys());
    this.startedAt = env.clock.now();
    const token = randomBytes(16).toString('hex');
    this.forget = control.expect(token, this);
    const invitation = { v: version, control: control.path, token, generation: number, doors: env.folder };
    const plan = launch(spec.command, spec.env, invitation, inherited, env.preload);
    this.child = spawn(plan.file, plan.args, {
      cwd: spec.cwd,
      env: { ...plan.env },
      stdio: [...plan.stdio],
      detached: true, // a process group of its own
    });
    this.pid = this.child.pid ?? 0;
    this.group = this.child.pid === undefined ? undefined : new ProcessGroup(this.child.pid);
    this.listen(token);
  }

  /** To every process of it that takes part. */
  send(message: ToGeneration): void {
    this.events.exchange(`→ gen ${String(this.number)} ${JSON.stringify(message)}`);
    for (const peer of this.peers.keys()) peer.send(message);
  }

  /** The process that listens; before one does, or if several do, the one that was started. */
  get serverPid(): number {
    const [only, ...others] = this.peers.values();
    return only === undefined || others.length > 0 ? this.pid : only.pid;
  }

  get held(): number {
    return [...this.peers.values()].reduce((sum, peer) => sum + peer.held, 0);
  }

  get doorTable(): Doors {
    return Object.fromEntries(this.doors);
  }

  /** The files it has loaded; `complete` is false if there may be more. */
  async loadedFiles(): Promise<LoadedAnswer> {
    const answers = [...this.peers.keys()].map(
      (peer) =>
        new Promise<Omit<LoadedAnswer, 'startedAt'>>((resolve) => {
          const id = this.nextFiles++;
          this.files.set(id, resolve);
          peer.send({ type: 'files', id });
        }),
    );
    const all = await Promise.all(answers);
    return {
      files: all.flatMap((one) => one.files),
      complete: all.every((one) => one.complete),
      startedAt: this.startedAt,
    };
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Leave as after a signal; processes that don't take part get the signal itself. */
  ask(): void {
    this.asked = true;
    if (this.peers.size > 0) this.send({ type: 'retire' });
    else this.group?.signal('SIGTERM');
  }

  kill(): void {
    this.group?.signal('SIGKILL');
  }

  connected(peer: ControlPeer, pid: number): void {
    this.peers.set(peer, { pid, held: 0, stopped: false });
  }

  received(peer: ControlPeer, message: FromGeneration, line: string): void {
    this.events.exchange(`← gen ${String(this.number)} ${line}`);
    const state = this.peers.get(peer);
    if (state === undefined) return;
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
      case 'held':
        state.held = message.requests;
        this.events.held();
        return;
      case 'accepting':
        this.events.accepting();
        return;
      case 'stopped':
        state.stopped = true;
        if ([...this.peers.values()].every((each) => each.stopped)) this.events.stopped();
        return;
      case 'resumed':
        for (const each of this.peers.values()) each.stopped = false;
        this.events.resumed(message.ok);
        return;
      case 'draining':
        this.events.draining(message);
        return;
      case 'drained':
        this.events.drained(message);
        return;
      case 'files':
        this.files.get(message.id)?.(message);
        this.files.delete(message.id);
        return;
      default: // hello again, or a newer runtime's word
    }
  }

  malformed(line: string): void {
    this.events.exchange(`← gen ${String(this.number)} malformed: ${line.slice(0, 200)}`);
  }

  disconnected(peer: ControlPeer): void {
    this.peers.delete(peer);
    if (this.peers.size > 0) return;
    for (const answer of this.files.values()) answer({ files: [], complete: false });
    this.files.clear();
    this.env.clock.setTimeout(() => {
      // Wrappers that outlive their server, and helpers that it left, are signalled once it is gone.
      if (this.asked && !this.ended) this.group?.signal('SIGTERM');
      else void this.lose();
    }, explainMs);
  }

  private listen(token: string): void {
    const { child } = this;
    child.stdin?.on('error', () => undefined); // a server may close its input
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8');
      child[stream]?.on('data', (text: string) => {
        if (stream === 'stderr') this.errors = (this.errors + text).slice(-keptErrors);
        this.events.output(stream, text);
      });
    }
    child.on('message', (message: { key?: unknown; token?: unknown }, handle: unknown) => {
      if (handle === undefined || handle === null) return;
      const received = handle as ListenerHandle;
      if (message.token === token && typeof message.key === 'string')
        this.events.handle(message.key, received);
      else received.close();
    });
    child.on('error', (error: NodeJS.ErrnoException) => void this.spawnFailed(error));
    child.on('exit', (code, signal) => void this.exited(code, signal));
  }

  private listening(message: FromGeneration & { type: 'listening' }): void {
    this.doors.set(message.key, message.door);
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

  private becomeReady(): void {
    if (this.isReady || this.ended) return;
    this.isReady = true;
    this.bootMs = this.env.clock.now() - this.startedAt;
    this.events.ready();
  }

  private async exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    this.exit = { code, signal };
    await this.lastOutput();
    if (code !== 0 && this.peers.size === 0) await this.lose();
    await this.group?.empty();
    this.settle?.cancel();
    this.forget();
    const failure = await this.describe();
    this.ended = true;
    this.events.gone(failure, code === 0);
  }

  /** Exit comes before the last of stderr; a helper that keeps stderr open must not delay us for long. */
  private async lastOutput(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.env.clock.setTimeout(resolve, lastOutputMs);
      this.child.once('close', () => {
        timer.cancel();
        resolve();
      });
    });
  }

  private async lose(): Promise<void> {
    if (this.ended || this.peers.size > 0) return;
    const failure = await this.describe();
    this.events.lost(failure, this.exit.code === 0);
  }

  private async spawnFailed(error: NodeJS.ErrnoException): Promise<void> {
    if (this.child.pid !== undefined) return; // an error of the channel, not of the start
    const folder = await stat(this.spec.cwd).catch(() => undefined);
    const message =
      folder === undefined
        ? `The folder ${this.spec.cwd} does not exist`
        : `Can't start a process: ${error.message}`;
    this.forget();
    this.ended = true;
    this.events.gone({ generation: this.number, reason: 'spawnFailed', message }, false);
  }

  private get inheritedPorts(): number[] {
    return [...this.inherited.keys()].map((key) => Number(/:(\d+)$/.exec(key)?.[1] ?? 0));
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

export interface LoadedAnswer {
  readonly files: readonly string[];
  /** False if there may be more. */
  readonly complete: boolean;
  /** When the generation started, ms since the epoch: what changed later may differ from what it loaded. */
  readonly startedAt: number;
}
