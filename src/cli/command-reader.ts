/** What the command of `hot-swap run` starts, by the scripts and settings that it leads through; they may change. */
import { commandChange, unwrap } from '../detect/detect.ts';
import { FilesRead } from '../detect/reading/files-read.ts';
import { readFile } from '../detect/reading/files.ts';
import type { UnwrapResult } from '../detect/unwrap.ts';
import type { ServerSpec } from '../shared/spec.ts';
import type { Command } from './arguments.ts';
import { specOf } from './spec.ts';

export class CommandReader {
  private readonly command: Command & { command: 'run' };
  private readonly cwd: string;
  private files = new FilesRead(readFile);
  private latest: UnwrapResult | undefined;

  /** `cwd`: absolute. */
  constructor(command: Command & { command: 'run' }, cwd: string) {
    this.command = command;
    this.cwd = cwd;
  }

  async read(): Promise<UnwrapResult> {
    this.files = new FilesRead(readFile);
    this.latest = await unwrap(this.command.argv, this.cwd, this.files.readFile);
    return this.latest;
  }

  /** One of these files (absolute paths). */
  hasRead(files: readonly string[]): boolean {
    return this.files.has(files);
  }

  /** Undefined if it is what it was. Without a `spec` nothing can be done about it before a new start. */
  async changed(): Promise<{ readonly sentence: string; readonly spec?: ServerSpec } | undefined> {
    const before = this.latest;
    const now = await this.read();
    const change = before && commandChange(before, now);
    if (change === undefined) return undefined;
    return { sentence: change.sentence, ...(change.isServers ? { spec: this.specOf(now) } : {}) };
  }

  specOf(unwrapped: UnwrapResult): ServerSpec {
    const spec = specOf(this.command, unwrapped, { ...process.env, ...colours(this.command.json) });
    return { ...spec, watch: [...spec.watch, ...this.files.settings(this.cwd)] };
  }
}

/** The server's output goes through a pipe, but a person reads it in a terminal. */
function colours(json: boolean): Record<string, string> {
  const decided = process.env['NO_COLOR'] ?? process.env['FORCE_COLOR'];
  return json || !process.stdout.isTTY || decided !== undefined ? {} : { FORCE_COLOR: '1' };
}
