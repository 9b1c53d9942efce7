/**
 * One part of a server's command, with all processes that it starts: a process group of its own, its output, its end.
 * What part it plays is its owner's business: one generation (process-tree.ts), or something that lives across them.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../shared/clock.ts';
import { readOutput } from '../output/output-reader.ts';
import { announcing, guard } from './guard.ts';
import { ProcessGroup } from './process-group.ts';

const lastOutputMs = 200;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface CommandEvents {
  output(stream: 'stdout' | 'stderr', text: string): void;
  spawnFailed(error: NodeJS.ErrnoException): void;
  /** The process that was started ended; others of its group may live on. */
  exited(exit: Exit): void;
}

export interface CommandPlan {
  /** For a shell, and its words from `$1` on. */
  readonly script: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** `guard`: is closed before the script begins. Beyond the first ten, which a shell can name, nothing is said there. */
  readonly stdio: readonly ('pipe' | 'ipc' | 'guard' | number)[];
}

export class CommandProcess {
  /** 0 if it could not be started. */
  readonly pid: number;
  /** When the process that was started ended, or could not be started. */
  readonly ended: Promise<void>;
  private readonly clock: Clock;
  private readonly closed: Promise<void>;
  private readonly child: ChildProcess;
  private readonly group: ProcessGroup | undefined;
  private emptied: Promise<void> | undefined;

  /** `events` may come before the constructor's caller has it: no sooner than in the next turn of the loop. */
  constructor({ script, words, cwd, env, stdio }: CommandPlan, clock: Clock, events: CommandEvents) {
    this.clock = clock;
    const announced = announcing(stdio.indexOf('guard'), script);
    this.child = spawn('/bin/sh', ['-c', announced, 'sh', ...words], {
      cwd,
      env: { ...env },
      stdio: stdio.map((one) => (one === 'guard' ? (guard.input ?? 'ignore') : one)),
      detached: true, // a process group of its own
    });
    this.pid = this.child.pid ?? 0;
    this.group = this.child.pid === undefined ? undefined : new ProcessGroup(this.child.pid);
    this.ended = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
    this.closed = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.listen(events);
  }

  /** One of the descriptors that were asked for as a pipe. */
  pipe(index: number): Duplex | undefined {
    return (this.child.stdio[index] as Duplex | null | undefined) ?? undefined;
  }

  /** What comes with a handle over the descriptor that was asked for as IPC. */
  onMessage(listener: (message: unknown, handle: unknown) => void): void {
    this.child.on('message', listener);
  }

  write(text: string, isLast: boolean): void {
    const { stdin } = this.child;
    if (stdin?.writable !== true) return;
    if (isLast) stdin.end(text);
    else stdin.write(text);
  }

  /** To all its processes. */
  signal(signal: NodeJS.Signals): void {
    this.group?.signal(signal);
  }

  /** Its living processes; empty where the system does not tell. */
  members(): number[] {
    return this.group?.members() ?? [];
  }

  /** Resolves when no process of it is left. To be called after its exit. */
  async empty(): Promise<void> {
    this.emptied ??= this.group?.empty();
    await this.emptied;
  }

  /** It ends by itself when we do. */
  joined(): void {
    guard.tell('joined', this.pid);
  }

  /** Exit comes before the last of stderr; a helper that keeps stderr open must not delay us for long. */
  async lastOutput(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimeout(resolve, lastOutputMs);
      void this.closed.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private listen(events: CommandEvents): void {
    const { child } = this;
    child.stdin?.on('error', () => undefined); // a server may close its input
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child[name];
      if (stream === null) continue; // it could not be started
      const ends = readOutput(stream, this.clock, (text) => events.output(name, text));
      child.once('exit', ends);
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) events.spawnFailed(error); // else an error of the channel
    });
    child.on('exit', (code, signal) => {
      void this.empty().then(() => guard.tell('gone', this.pid));
      events.exited({ code, signal });
    });
  }
}
