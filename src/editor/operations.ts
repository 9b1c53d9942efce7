/** Starts, swaps and stops servers: turns a definition into what the supervisor runs, then asks it to. */
import * as vscode from 'vscode';
import { readFile } from '../detect/files.ts';
import type { Cause, SwapOutcome } from '../shared/model.ts';
import { toSpec, type Definition } from './definition.ts';
import { layer, withoutEditorVariables } from './environment.ts';
import type { Link } from './link.ts';
import type { Log } from './log.ts';
import { isRunning, type KnownServer, type Servers } from './servers.ts';
import type { Session } from './session.ts';
import { readTerminalEnvironment } from './settings.ts';
import type { ServerRef } from './tooltip.ts';

export class Operations {
  constructor(
    private readonly servers: Servers,
    private readonly log: Log,
  ) {}

  async start(ref: ServerRef): Promise<SwapOutcome> {
    const link = await this.defined(ref);
    return link.start(ref.server);
  }

  /** Starts the server if it is off. */
  async swap(ref: ServerRef, cause: Cause): Promise<SwapOutcome> {
    const link = await this.defined(ref);
    return link.swap(ref.server, cause);
  }

  /** Cold: the one thing that lets go of the port. */
  async restart(ref: ServerRef): Promise<SwapOutcome> {
    const link = await this.defined(ref);
    return link.restart(ref.server);
  }

  async stop(ref: ServerRef): Promise<void> {
    await this.session(ref).current?.stop(ref.server);
  }

  /**
   * Tells running servers what their definitions say now.
   * @param files only those whose definition these files take part in
   */
  async refresh(files?: readonly string[]): Promise<void> {
    for (const { ref, definition, status } of this.servers.list()) {
      const link = this.session(ref).current;
      if (definition === undefined || link === undefined || !isRunning({ status })) continue;
      if (files !== undefined && !files.some((file) => defines(file, definition))) continue;
      await this.define(link, ref, definition, false);
    }
  }

  private async defined(ref: ServerRef): Promise<Link> {
    const known: KnownServer | undefined = this.servers.find(ref);
    const link = await this.session(ref).require();
    if (known?.definition !== undefined) await this.define(link, ref, known.definition, !isRunning(known));
    return link;
  }

  private async define(link: Link, ref: ServerRef, definition: Definition, tell: boolean): Promise<void> {
    const folder = vscode.Uri.file(ref.folder);
    const env = layer(withoutEditorVariables(process.env), readTerminalEnvironment(folder));
    const { swapOn } = this.servers.settings(ref.folder);
    const { spec, note } = await toSpec(definition, { env, swapOn, readFile });
    if (note !== undefined && tell) this.log.info(`${ref.server}: ${note}`);
    await link.define(spec);
  }

  private session(ref: ServerRef): Session {
    const session = this.servers.session(ref.folder);
    if (session === undefined) throw new Error(`${ref.folder} is no folder of this workspace`);
    return session;
  }
}

/** Its scripts and its environment are not among the files that a runtime loads. */
function defines(file: string, { cwd, envFile }: Definition): boolean {
  return file === envFile || (file.startsWith(cwd) && /[/\\](package|nodemon)\.json$/.test(file));
}
