/** Starts, swaps and stops servers: turns a definition into what the supervisor runs, then asks it to. */
import * as vscode from 'vscode';
import { readFile } from '../../detect/reading/files.ts';
import type { Cause, HandoffEvent, ServerStatus, SwapOutcome } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { toSpec, type Definition, type SpecResult } from './definition.ts';
import { layer, withoutEditorVariables } from './environment.ts';
import type { Link } from './link.ts';
import type { Log } from '../../shared/log.ts';
import { isRunning, type Servers } from './servers.ts';
import type { Session } from './session.ts';
import { readTerminalEnvironment } from '../settings/settings.ts';
import type { ServerRef } from './server-ref.ts';

export class Operations {
  /** Of servers, by JSON of their refs, that run by their definition here: what was last said of them. */
  private readonly told = new Map<string, SpecResult>();

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
      const told = this.told.get(JSON.stringify(ref));
      const isOf = (file: string): boolean => told?.read.has([file]) === true || defines(file, definition);
      if (files !== undefined && !files.some(isOf)) continue;
      const now = await this.spec(ref, definition);
      // The CLI may have started another command under the same name.
      if (told !== undefined || status?.command === commandLine(now.spec)) await this.define(ref, link, now);
    }
  }

  /** Servers that run already, by a definition that we have. */
  async joined(folder: string, statuses: readonly ServerStatus[]): Promise<void> {
    for (const status of statuses) {
      const ref = { folder, server: status.name };
      const definition = this.servers.find(ref)?.definition;
      if (definition === undefined || !isRunning({ status }) || this.told.has(JSON.stringify(ref))) continue;
      const now = await this.spec(ref, definition);
      if (status.command === commandLine(now.spec)) this.told.set(JSON.stringify(ref), now);
    }
  }

  /** What a generation is started for may have made another command of its: that is then to be started. */
  async heard(folder: string, event: HandoffEvent): Promise<void> {
    if (event.event !== 'starting') return;
    const ref = { folder, server: event.server };
    const before = this.told.get(JSON.stringify(ref));
    const known = this.servers.find(ref);
    const link = this.session(ref).current;
    if (before?.read.has(event.cause.files) !== true || known?.definition === undefined || link === undefined)
      return;
    const now = await this.spec(ref, known.definition);
    const { commandChange } = await import('../../detect/detect.ts');
    const change = commandChange(before.unwrapped, now.unwrapped);
    // What was saved here is told before it starts anything, and somebody else may have been first.
    if (change === undefined || known.status?.command === commandLine(now.spec)) return;
    this.log.info(`${ref.server}: ${change.sentence}`);
    await this.define(ref, link, now);
    if (change.isServers) await link.swap(ref.server, event.cause);
  }

  private async defined(ref: ServerRef): Promise<Link> {
    const definition = this.servers.find(ref)?.definition;
    const link = await this.session(ref).require();
    if (definition === undefined) return link;
    const now = await this.spec(ref, definition);
    if (now.note !== undefined) this.log.info(`${ref.server}: ${now.note}`);
    await this.define(ref, link, now);
    return link;
  }

  private async define(ref: ServerRef, link: Link, result: SpecResult): Promise<void> {
    this.told.set(JSON.stringify(ref), result);
    await link.define(result.spec);
  }

  private async spec(ref: ServerRef, definition: Definition): Promise<SpecResult> {
    const folder = vscode.Uri.file(ref.folder);
    const env = layer(withoutEditorVariables(process.env), readTerminalEnvironment(folder));
    const { swapOn, standby } = this.servers.settings(ref.folder);
    return await toSpec(definition, { env, swapOn, standby, readFile });
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
