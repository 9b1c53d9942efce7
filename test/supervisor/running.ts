/** A real server under a real `hot-swap run`, for tests: its events to wait for, its port to ask. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import type { Attached } from '../../src/client/attach.ts';
import { byCommand } from '../../src/shared/model.ts';
import type { HandoffEvent, HandoffEventName, ServerStatus, SwapOutcome } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { granularityMs } from '../../src/shared/stat.ts';
import { everything } from '../tools/everything.mts';
import { useOwnRuntimeFolder } from '../tools/runtime-folder.mts';
import { freePort } from '../tools/free-port.mts';
import { runByCli } from './by-cli.ts';
import { runTogether } from './together.ts';

export const root = path.resolve(import.meta.dirname, '../..');
export const cli = path.join(root, 'dist', 'cli.js');

useOwnRuntimeFolder();

type EventOf<Name extends HandoffEventName> = HandoffEvent & { readonly event: Name };

export interface RunOptions {
  /** Path relative to the server's folder → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** True where a standby matters. It is half of the work of a test, so that the others have one in `npm test -- all`. */
  readonly standby?: boolean;
  /** For `hot-swap run`, before the `--`. */
  readonly options?: readonly string[];
  /**
   * True where the CLI, its process or its supervisor's matters. The other servers of a file run under one supervisor,
   * which spares three processes each.
   */
  readonly alone?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the CLI, and so the supervisor; the server's own Node is in `command`. */
  readonly node?: string;
  /** Path of the `node_modules` that it finds; the project's own without. */
  readonly modules?: string;
  /** Changes the folder before the server starts in it. */
  readonly prepare?: (folder: string) => void;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Long enough for a busy machine; a test that needs it has failed. */
const patienceMs = 240_000;

/** Who runs a server for a test, as `hot-swap run` does. */
export interface Runner {
  /** The server's exit code, once nothing of it is left. */
  readonly exited: Promise<number | null>;
  /** The CLI's. */
  readonly process?: ChildProcess;
  /** Where the supervisor is found. */
  readonly workspace: string;
  swap(): void;
  stop(signal: NodeJS.Signals): void;
}

/** What a `Runner` tells. */
export interface Hearer {
  event(event: HandoffEvent): void;
  output(text: string): void;
}

/** `args`: of `hot-swap`. */
export type Run = (
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly node: string },
  hearer: Hearer,
) => Runner;

export class Running {
  readonly folder: string;
  readonly port: number;
  readonly events: HandoffEvent[] = [];
  /** The server's output, both streams. */
  output = '';
  private readonly runner: Runner;
  private hasExited = false;
  private readonly watchers = new Set<() => void>();

  private constructor(folder: string, port: number, options: RunOptions) {
    this.folder = folder;
    this.port = port;
    const standby = (options.standby ?? everything) ? [] : ['--no-standby'];
    const args = ['run', '--json', ...standby, ...(options.options ?? []), '--', ...options.command];
    const run: Run = options.alone === true || options.node !== undefined ? runByCli : runTogether;
    this.runner = run(
      args,
      {
        cwd: folder,
        // By the last one, all that it starts is known (processesMentioning).
        env: { ...cleanEnvironment(), PORT: String(port), ...options.env, TEST_FOLDER: folder },
        node: options.node ?? process.execPath,
      },
      {
        event: (event) => {
          this.events.push(event);
          this.wake();
        },
        output: (text) => {
          this.output += text;
          this.wake();
        },
      },
    );
    void this.exited.finally(() => {
      this.hasExited = true;
      this.wake();
    });
  }

  get exited(): Promise<number | null> {
    return this.runner.exited;
  }

  /** The CLI's, of a server that runs alone. */
  get process(): ChildProcess {
    if (this.runner.process === undefined) throw new Error('only who runs alone has a process of its own');
    return this.runner.process;
  }

  /** Ends, with everything it started, when the test does. */
  static async start(t: TestContext, options: RunOptions): Promise<Running> {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    writeFiles(folder, { 'package.json': '{"name":"app"}', ...options.files });
    // As a user's are: of files as old as their server nobody can tell whether it has read them as they are.
    const { ctimeMs } = statSync(folder);
    while (Date.now() <= ctimeMs + 2 * granularityMs) await new Promise(setImmediate);
    symlinkSync(options.modules ?? path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    options.prepare?.(folder);
    const running = new Running(folder, await freePort(), options);
    t.after(async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return running;
  }

  /** The first event of that name, past or future, that `matches`. */
  event<Name extends HandoffEventName>(
    name: Name,
    matches: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const find = (): EventOf<Name> | undefined =>
      this.events.find(
        (event): event is EventOf<Name> => event.event === name && matches(event as EventOf<Name>),
      );
    return this.until(find, `event ${name}`);
  }

  /** Resolves when there were so many events of that name that match. */
  times<Name extends HandoffEventName>(
    name: Name,
    times: number,
    matches: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<true> {
    const count = (): number =>
      this.events.filter((event) => event.event === name && matches(event as EventOf<Name>)).length;
    return this.until(() => (count() >= times ? true : undefined), `${times} events ${name}`);
  }

  serving(generation: number): Promise<EventOf<'serving'>> {
    return this.event('serving', (event) => event.generation === generation);
  }

  retired(generation: number): Promise<EventOf<'retired'>> {
    return this.event('retired', (event) => event.generation === generation);
  }

  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.output) ?? undefined, `output ${String(pattern)}`);
  }

  write(file: string, content: string): void {
    writeFiles(this.folder, { [file]: content });
  }

  /** As editors do that write a new file and rename it over the old one. */
  replace(file: string, content: string): void {
    this.write(`${file}.tmp`, content);
    renameSync(path.join(this.folder, `${file}.tmp`), path.join(this.folder, file));
  }

  /** One request on a connection of its own unless an agent is given. */
  get(at: string, options: http.RequestOptions = {}, body?: string): Promise<Answer> {
    return request({ port: this.port, host: '127.0.0.1', path: at, agent: false, ...options }, body);
  }

  /** The CLI's other commands, for a server that runs alone. */
  async command(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    if (this.runner.process === undefined) throw new Error('only who runs alone is found by its folder');
    return await runCli(args, this.folder);
  }

  /** Where its supervisor is found. */
  get workspace(): string {
    return this.runner.workspace;
  }

  /** What its supervisor says of it. */
  status(): Promise<ServerStatus> {
    return this.ask(async ({ connection }) => {
      const status = (await connection.sendRequest(rpc.status)).find(({ name }) => name === this.name);
      if (status === undefined) throw new Error(`${this.name} is unknown to its supervisor`);
      return status;
    });
  }

  /** As `hot-swap swap` does. */
  swapNow(): Promise<SwapOutcome> {
    return this.ask(({ connection }) =>
      connection.sendRequest(rpc.swap, { server: this.name, cause: byCommand() }),
    );
  }

  get name(): string {
    return path.basename(this.folder);
  }

  private async ask<T>(question: (attached: Attached) => Promise<T>): Promise<T> {
    const attached = await attach({ workspace: this.workspace, client: 'cli' });
    if (attached === undefined) throw new Error('no supervisor');
    try {
      return await question(attached);
    } finally {
      attached.dispose();
    }
  }

  /** As SIGUSR2 does. */
  swap(): void {
    this.runner.swap();
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.hasExited) this.runner.stop(signal);
    return await this.exited;
  }

  private until<T>(find: () => T | undefined, what: string): Promise<T> {
    const found = find();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        done();
        const events = this.events.map((event) => JSON.stringify(event)).join('\n');
        reject(new Error(`no ${what}: ${why}\n${events}\n${this.output.slice(-3000)}`));
      };
      const timer = setTimeout(() => fail(`not within ${patienceMs} ms`), patienceMs);
      const look = (): void => {
        const now = find();
        if (now !== undefined) {
          done();
          resolve(now);
        } else if (this.hasExited) {
          fail('its run is over');
        }
      };
      const done = (): void => {
        clearTimeout(timer);
        this.watchers.delete(look);
      };
      this.watchers.add(look);
    });
  }

  private wake(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** An agent of one connection, which is kept until the test is over. */
export function keptConnection(t: TestContext): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return agent;
}

export function request(options: http.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function runCli(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...cleanEnvironment(), ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** Without what the test runner puts there for its own children. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'NODE_CHANNEL_FD'])
    Reflect.deleteProperty(env, name);
  return env;
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
}
