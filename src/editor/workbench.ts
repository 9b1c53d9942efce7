/** Puts the editor's parts together for a trusted workspace. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../shared/clock.ts';
import { DisposableStore, type Disposable } from '../shared/disposable.ts';
import { Emitter } from '../shared/emitter.ts';
import type { HandoffEvent } from '../shared/model.ts';
import { commandIds } from './actions.ts';
import { Choices } from './choices.ts';
import { Commands } from './commands.ts';
import { ContextKeys } from './contextKeys.ts';
import { withoutEditorVariables } from './environment.ts';
import { FirstSight } from './firstSight.ts';
import { HandoffLog } from './handoffLog.ts';
import { Notifications } from './notifications.ts';
import { Operations } from './operations.ts';
import { OutputTerminals } from './outputTerminals.ts';
import { Problems } from './problems.ts';
import { Saves } from './saves.ts';
import { Servers } from './servers.ts';
import { Session } from './session.ts';
import { readSettings } from './settings.ts';
import { StatusBar } from './statusBar.ts';

export class Workbench implements Disposable {
  private readonly store = new DisposableStore();
  private readonly eventEmitter = this.store.add(new Emitter<HandoffEvent>());
  readonly onDidHappen = this.eventEmitter.event;
  readonly servers: Servers;
  readonly statusBar: StatusBar;
  /** Resolves when every folder's supervisor was looked for. */
  readonly ready: Promise<void>;

  constructor(context: vscode.ExtensionContext, channel: vscode.LogOutputChannel) {
    const choices = new Choices(context.workspaceState);
    const supervisor = join(context.extensionPath, 'dist', 'supervisor.js');
    const servers = new Servers(choices, (folder) => openSession(folder, supervisor), channel);
    this.servers = this.store.add(servers);
    const operations = new Operations(servers, channel);
    const saves = this.store.add(new Saves(servers, operations, channel, systemClock));
    const stop = (server: unknown): void => void vscode.commands.executeCommand(commandIds.stop, server);
    const terminals = this.store.add(new OutputTerminals(servers, stop));
    this.statusBar = this.store.add(new StatusBar(servers, systemClock));
    this.store.add(new HandoffLog(channel, servers));
    this.store.add(new Problems(servers));
    this.store.add(new Notifications(servers));
    this.store.add(new ContextKeys(servers));
    const firstSight = new FirstSight(servers, choices, channel);
    const seen: Promise<void>[] = [];
    this.store.add(
      servers.onDidOpen((session) => {
        session.onDidHappen((event) => {
          this.eventEmitter.fire(event);
        });
        seen.push(firstSight.see(session));
      }),
    );
    this.ready = afterActivation().then(async () => {
      servers.update();
      // What runs already is known before it is said that nothing does.
      await Promise.all(servers.sessions.map((session) => session.attach().catch(() => undefined)));
      this.statusBar.settle();
      await Promise.all(seen);
    });
    const { ready } = this;
    this.store.add(new Commands({ servers, operations, choices, saves, terminals, channel, ready }));
    this.store.add(servers.onDidChangeList(() => void operations.refresh().catch(() => undefined)));
    this.store.add(
      // Another window or the CLI may have started something meanwhile.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) for (const session of servers.sessions) void session.attach().catch(() => undefined);
      }),
    );
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** Reading settings and looking for supervisors need not make the editor wait. */
function afterActivation(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function openSession(folder: vscode.WorkspaceFolder, script: string): Session {
  const workspace = folder.uri.fsPath;
  return new Session(workspace, async (launch, listener) => {
    // JSON-RPC is most of the bundle's start-up time, and many windows never need it.
    const { openLink } = await import('./link.ts');
    const graceMs = readSettings(folder.uri).settings.graceSeconds * 1000;
    const env = { ...withoutEditorVariables(process.env), ELECTRON_RUN_AS_NODE: '1' };
    const how = launch ? { launch: { node: process.execPath, script, env, graceMs } } : {};
    return openLink({ workspace, client: 'editor', ...how }, listener);
  });
}
