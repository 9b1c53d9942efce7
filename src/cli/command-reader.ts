/** What the command of `hot-swap run` starts, by the scripts and settings that it leads through; they may change. */
import path from 'node:path';
import { readFile } from '../detect/reading/files.ts';
import { unwrap, type UnwrapResult } from '../detect/unwrap.ts';
import type { ServerSpec } from '../shared/spec.ts';
import type { Command } from './arguments.ts';
import { specOf } from './spec.ts';

export class CommandReader {
  private readonly command: Command & { command: 'run' };
  private readonly cwd: string;
  private readonly files = new Set<string>();
  private latest: UnwrapResult | undefined;

  /** `cwd`: absolute. */
  constructor(command: Command & { command: 'run' }, cwd: string) {
    this.command = command;
    this.cwd = cwd;
  }

  async read(): Promise<UnwrapResult> {
    this.files.clear();
    this.latest = await unwrap(this.command.argv, this.cwd, async (file) => {
      this.files.add(file);
      return await readFile(file);
    });
    return this.latest;
  }

  /** One of these files (absolute paths). */
  hasRead(files: readonly string[]): boolean {
    return files.some((file) => this.files.has(file));
  }

  /** Undefined if it is what it was. Without a `spec` nothing can be done about it before a new start. */
  async changed(): Promise<{ readonly sentence: string; readonly spec?: ServerSpec } | undefined> {
    const before = this.latest;
    const now = await this.read();
    const started = ({ command, env, watcher }: UnwrapResult): string => textOf([command, env, watcher]);
    const rest = ({ pipeline }: UnwrapResult): string => textOf([pipeline]);
    if (before === undefined || rest(now) !== rest(before)) {
      const sentence =
        'what the command runs beside the server is another now: stop and start it to have that';
      return before === undefined ? undefined : { sentence };
    }
    if (started(now) === started(before)) return undefined;
    const { command } = now;
    const line = typeof command === 'string' ? command : command.join(' ');
    return { sentence: `the command is another now: starting ${line}`, spec: this.specOf(now) };
  }

  specOf(unwrapped: UnwrapResult): ServerSpec {
    const spec = specOf(this.command, unwrapped, { ...process.env, ...colours(this.command.json) });
    return { ...spec, watch: [...spec.watch, ...this.watch] };
  }

  /** Settings of a watcher that lie beside the command. */
  private get watch(): readonly string[] {
    const settings = [...this.files].filter((file) => path.basename(file) === 'nodemon.json');
    return settings.map((file) => path.relative(this.cwd, file));
  }
}

/** Without what a package manager says of itself and of the package. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (key.startsWith('npm_') ? undefined : inner));
}

/** The server's output goes through a pipe, but a person reads it in a terminal. */
function colours(json: boolean): Record<string, string> {
  const decided = process.env['NO_COLOR'] ?? process.env['FORCE_COLOR'];
  return json || !process.stdout.isTTY || decided !== undefined ? {} : { FORCE_COLOR: '1' };
}
