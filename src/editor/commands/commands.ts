/** What the palette and the status bar can do. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { SwapOutcome } from '../../shared/model.ts';
import { commandIds } from '../status/actions.ts';
import type { Choices } from '../servers/choices.ts';
import type { Debugging } from '../debugging/debugging.ts';
import { showFailure, showSettingsErrors } from './notifications.ts';
import type { Operations } from '../servers/operations.ts';
import type { OutputTerminals } from '../output/output-terminals.ts';
import { pickAction, pickServer, selectServer } from './pick.ts';
import { goToFailure } from '../output/problems.ts';
import type { Saves } from '../saves/saves.ts';
import { isRunning, type KnownServer, type Servers } from '../servers/servers.ts';
import { portsOf } from '../status/words.ts';
import { viewId, type GenerationsView } from '../view/generations-view.ts';
import type { Row } from '../view/row.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { ServerRef } from '../servers/server-ref.ts';

export interface CommandParts {
  readonly servers: Servers;
  readonly operations: Operations;
  readonly choices: Choices;
  readonly saves: Saves;
  readonly debugging: Debugging;
  readonly terminals: OutputTerminals;
  readonly view: GenerationsView;
  readonly timeline: Timeline;
  readonly channel: vscode.LogOutputChannel;
  /** Resolves when it is known what runs: a command may be what activated us. */
  readonly ready: Promise<void>;
}

/** A command's argument when it comes from the status bar; from the palette there is none. */
type Given = ServerRef | undefined;

export class Commands implements Disposable {
  private readonly store = new DisposableStore();

  constructor(private readonly parts: CommandParts) {
    const { swap, start, stop, restart, back, showLog, showOutput, openInBrowser } = commandIds;
    const { select, showActions, goToError, cut, showGenerations, showTimeline } = commandIds;
    this.register(swap, (given) => this.swap(given));
    this.register(start, (given) => this.start(given));
    this.register(stop, (given) => this.stop(given));
    this.register(restart, (given) => this.restart(given));
    this.register(back, (given) => this.back(given));
    this.register(cut, (_, __, row) => this.cut(row));
    this.register(showGenerations, () => vscode.commands.executeCommand(`${viewId}.focus`));
    this.register(showTimeline, (given, generation, row) => this.showTimeline(given, generation, row));
    this.register(showLog, () => {
      this.parts.channel.show();
    });
    this.register(showOutput, (given) => this.showOutput(given));
    this.register(openInBrowser, (given, port) => this.openInBrowser(given, port));
    this.register(select, () => selectServer(this.parts.servers, this.parts.choices));
    this.register(showActions, (given) => this.showActions(given));
    this.register(goToError, (given) => this.goToError(given));
    this.register(commandIds.debug, (given) => this.debug(given));
  }

  dispose(): void {
    this.store.dispose();
  }

  private register(id: string, run: (given: Given, extra: unknown, row: unknown) => unknown): void {
    const guarded = async (given: unknown, extra: unknown): Promise<unknown> => {
      try {
        await this.parts.ready;
        return await run(asRef(given), extra, given);
      } catch (error) {
        this.parts.channel.error(String(error instanceof Error ? error.message : error));
        // Not awaited: the command is over when it failed, not when the message was read.
        void showFailure(error);
        return undefined;
      }
    };
    this.store.add(vscode.commands.registerCommand(id, guarded));
  }

  private async swap(given: Given): Promise<SwapOutcome | undefined> {
    const { servers, operations, saves } = this.parts;
    const running = servers.list().filter(isRunning);
    if (given === undefined && running.length === 0) return this.start(undefined);
    const ref = given ?? this.selected(running) ?? (await pickServer(running, 'Swap which server?'));
    if (ref === undefined) return undefined;
    const at = Date.now();
    const files = await saves.saveAll();
    if (servers.find(ref)?.status?.debugging?.pending === true) {
      await this.parts.debugging.letGo(ref);
      if (files.length === 0) return undefined; // what waits is all there is
    }
    return operations.swap(ref, { kind: 'command', files, at });
  }

  private async start(given: Given): Promise<SwapOutcome | undefined> {
    const { servers, operations, choices, saves } = this.parts;
    const errors = servers.settingsErrors;
    const idle = servers.list().filter((server) => !isRunning(server));
    if (errors.length > 0 && idle.length === 0) {
      void showSettingsErrors(errors);
      return undefined;
    }
    const ask = (): Promise<ServerRef | undefined> =>
      idle.length === 0 ? selectServer(servers, choices) : pickServer(idle, 'Start which server?');
    const ref = given ?? this.selected(idle) ?? (await ask());
    if (ref === undefined) return undefined;
    await saves.saveAll();
    return operations.start(ref);
  }

  private async debug(given: Given): Promise<void> {
    const { servers, choices, debugging } = this.parts;
    const all = servers.list();
    const running = all.filter(isRunning);
    const ask = (): Promise<ServerRef | undefined> =>
      all.length === 0
        ? selectServer(servers, choices)
        : pickServer(running.length === 0 ? all : running, 'Debug which server?');
    const ref = given ?? this.selected(all) ?? (await ask());
    if (ref !== undefined) await debugging.start(ref);
  }

  private async stop(given: Given): Promise<void> {
    const ref = given ?? (await this.running('Stop which server?'));
    if (ref !== undefined) await this.parts.operations.stop(ref);
  }

  private async restart(given: Given): Promise<SwapOutcome | undefined> {
    const ref = given ?? (await this.running('Restart which server?'));
    if (ref === undefined) return undefined;
    await this.parts.saves.saveAll();
    return this.parts.operations.restart(ref);
  }

  private async back(given: Given): Promise<SwapOutcome | undefined> {
    const ref = given ?? (await this.running('Take which server back one generation?'));
    return ref && this.parts.operations.back(ref);
  }

  /** From the keyboard there is none: then it is what is selected. */
  private cut(row: unknown): void {
    const { folder, server, generation, request } = (row ?? this.parts.view.selected ?? {}) as Partial<Row>;
    if (folder === undefined || server === undefined) return;
    if (generation === undefined || request === undefined) return;
    this.parts.operations.cut({ folder, server }, generation, request);
  }

  private async showTimeline(given: Given, generation: unknown, row: unknown): Promise<void> {
    const ref = given ?? (await this.running("Show which server's swaps?"));
    const wanted =
      typeof generation === 'number' ? generation : (row as Partial<Row> | undefined)?.generation;
    if (ref !== undefined) await this.parts.timeline.show(ref, wanted);
  }

  private async showOutput(given: Given): Promise<void> {
    const ref = given ?? (await this.running("Show which server's output?"));
    if (ref !== undefined) this.parts.terminals.show(ref);
  }

  private async openInBrowser(given: Given, port: unknown): Promise<void> {
    const ref = given ?? (await this.running('Open which server?'));
    const listeners = (ref && this.parts.servers.find(ref)?.status?.listeners) ?? [];
    const wanted = typeof port === 'number' ? port : portsOf(listeners)[0];
    const listener = listeners.find((each) => each.port === wanted);
    if (listener?.port === undefined) return;
    const scheme = listener.tls ? 'https' : 'http';
    const local = vscode.Uri.parse(`${scheme}://${hostOf(listener.host)}:${String(listener.port)}/`);
    // Resolves to an address that the user's machine can reach, as asExternalUri does.
    await vscode.env.openExternal(local);
  }

  private async showActions(given: Given): Promise<unknown> {
    const server = given && this.parts.servers.find(given);
    const action = await pickAction(server);
    return action && vscode.commands.executeCommand(action.command, given);
  }

  private async goToError(given: Given): Promise<void> {
    const failed = this.parts.servers.list().filter(({ status }) => status?.failure?.file !== undefined);
    const ref = given ?? (await pickServer(failed, "Go to which server's error?"));
    const failure = ref && this.parts.servers.find(ref)?.status?.failure;
    if (failure !== undefined) await goToFailure(failure);
  }

  private async running(question: string): Promise<ServerRef | undefined> {
    const running = this.parts.servers.list().filter(isRunning);
    return this.selected(running) ?? (await pickServer(running, question));
  }

  /** What Select Server said, if it is among them. */
  private selected(servers: readonly KnownServer[]): ServerRef | undefined {
    const { selected } = this.parts.choices;
    return servers.find(({ ref }) => ref.folder === selected?.folder && ref.server === selected.server)?.ref;
  }
}

/** Arguments come from links and keybindings, too: anything may be in them. */
function asRef(given: unknown): Given {
  if (typeof given !== 'object' || given === null) return undefined;
  const { folder, server } = given as Partial<Record<keyof ServerRef, unknown>>;
  return typeof folder === 'string' && typeof server === 'string' ? { folder, server } : undefined;
}

/** Where a server that listens on all addresses is reached from here. */
function hostOf(host: string | undefined): string {
  const anywhere = ['*', '0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'];
  if (host === undefined || anywhere.includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
