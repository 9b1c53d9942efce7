/** Starts, swaps and stops servers: turns a definition into what the supervisor runs, then asks it to. */
import * as vscode from 'vscode';
import { readFile } from '../../detect/reading/files.ts';
import type { Cause, SwapOutcome } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { toSpec, type Definition } from './definition.ts';
import { layer, withoutEditorVariables } from './environment.ts';
import type { Link } from './link.ts';
import type { Log } from '../../shared/log.ts';
import { isRunning, type Servers } from './servers.ts';
import type { Session } from './session.ts';
import { readTerminalEnvironment } from '../settings/settings.ts';
import type { ServerRef } from './server-ref.ts';

export class Operations {
  /** Servers, as JSON of their refs, that run by their definition here and not by somebody else's of that name. */
  private readonly ours = new Set<string>();

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
    const known = this.servers.find(ref);
    const running = known !== undefined && isRunning(known);
    const link = running ? await this.session(ref).require() : await this.defined(ref);
    return link.swap(ref.server, cause);
  }

  /** Cold: the one thing that lets go of the port. */
  async restart(ref: ServerRef): Promise<SwapOutcome> {
    const link = await this.defined(ref);
    return link.restart(ref.server);
  }

  /** Until the code on disk is what answers, or can't. */
  async wait(ref: ServerRef): Promise<SwapOutcome> {
    const link = await this.session(ref).attach();
    return link === undefined ? { outcome: 'stopped' } : link.wait(ref.server);
  }

  /** From its next generation on, and the one that serves; `false` also where it does not run any more. */
  async debug(ref: ServerRef, on: boolean): Promise<void> {
    const session = this.session(ref);
    if (!on) {
      await session.current?.debug(ref.server, false);
      return;
    }
    const known = this.servers.find(ref);
    const isUp = known !== undefined && isRunning(known);
    const link = isUp ? await session.require() : await this.defined(ref);
    await link.debug(ref.server, true);
  }

  /** The code before the present one, while the files stay as they are; rejects with why not. */
  async back(ref: ServerRef): Promise<SwapOutcome> {
    const link = await this.session(ref).require();
    return link.back(ref.server);
  }

  /** Ends a request that a generation still has to answer. */
  cut(ref: ServerRef, generation: number, request: number): void {
    this.session(ref).current?.cut(ref.server, generation, request);
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
      const spec = await this.spec(ref, definition);
      // The CLI may have started another command under the same name.
      if (this.ours.has(JSON.stringify(ref)) || status?.command === commandLine(spec))
        await link.define(spec);
    }
  }

  private async defined(ref: ServerRef): Promise<Link> {
    const definition = this.servers.find(ref)?.definition;
    const link = await this.session(ref).require();
    if (definition === undefined) return link;
    await link.define(await this.spec(ref, definition, (note) => this.log.info(`${ref.server}: ${note}`)));
    this.ours.add(JSON.stringify(ref));
    return link;
  }

  private async spec(
    ref: ServerRef,
    definition: Definition,
    tell?: (note: string) => void,
  ): Promise<ServerSpec> {
    const folder = vscode.Uri.file(ref.folder);
    const env = layer(withoutEditorVariables(process.env), readTerminalEnvironment(folder));
    const { swapOn, standby } = this.servers.settings(ref.folder);
    const { spec, note } = await toSpec(definition, { env, swapOn, standby, readFile });
    if (note !== undefined) tell?.(note);
    return spec;
  }

  private session(ref: ServerRef): Session {
    const session = this.servers.session(ref.folder);
    if (session === undefined) throw new Error(`${ref.folder} is no folder of this workspace`);
    return session;
  }
}

/** As ServerStatus has it. */
function commandLine({ command }: ServerSpec): string {
  return typeof command === 'string' ? command : command.join(' ');
}

/** Its scripts and its environment are not among the files that a runtime loads. */
function defines(file: string, { cwd, envFile }: Definition): boolean {
  return file === envFile || (file.startsWith(cwd) && /[/\\](package|nodemon)\.json$/.test(file));
}
