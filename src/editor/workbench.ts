/** Puts the editor's parts together for a trusted workspace. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../shared/clock.ts';
import { DisposableStore, type Disposable } from '../shared/disposable.ts';
import { Emitter } from '../shared/emitter.ts';
import type { HandoffEvent } from '../shared/model.ts';
import { commandIds } from './status/actions.ts';
import { Tasks } from './agents/tasks.ts';
import { Tools } from './agents/tools.ts';
import { Choices } from './servers/choices.ts';
import { Commands } from './commands/commands.ts';
import { ContextKeys } from './status/context-keys.ts';
import { withoutEditorVariables } from './servers/environment.ts';
import { Debugging } from './debugging/debugging.ts';
import { FirstSight } from './commands/first-sight.ts';
import { HandoffLog } from './output/handoff-log.ts';
import { Notifications } from './commands/notifications.ts';
import { Operations } from './servers/operations.ts';
import { OutputTerminals } from './output/output-terminals.ts';
import { Problems } from './output/problems.ts';
import { heardOf } from './saves/heard.ts';
import { Saves } from './saves/saves.ts';
import { Servers } from './servers/servers.ts';
import { GenerationsView } from './view/generations-view.ts';
import { linkLog } from './timeline/log-links.ts';
import { Timeline } from './timeline/timeline.ts';
import { translateBy } from './words/l10n.ts';
import { Session } from './servers/session.ts';
import { readSettings } from './settings/settings.ts';
import { Savings } from './status/savings.ts';
import { StatusBar } from './status/status-bar.ts';

export class Workbench implements Disposable {
  private readonly store = new DisposableStore();
  private readonly eventEmitter = this.store.add(new Emitter<HandoffEvent>());
  readonly onDidHappen = this.eventEmitter.event;
  readonly servers: Servers;
  readonly statusBar: StatusBar;
  readonly operations: Operations;
  readonly view: GenerationsView;
  /** Resolves when every folder's supervisor was looked for. */
  readonly ready: Promise<void>;

  constructor(context: vscode.ExtensionContext, channel: vscode.LogOutputChannel) {
    translateBy((message, ...args) => vscode.l10n.t(message, ...args));
    const choices = new Choices(context.workspaceState);
    const supervisor = join(context.extensionPath, 'dist', 'supervisor.js');
    const servers = new Servers(choices, (folder) => openSession(folder, supervisor), channel);
    this.servers = this.store.add(servers);
    const operations = new Operations(servers, channel);
    const saves = this.store.add(new Saves(servers, operations, channel, systemClock));
    const stop = (server: unknown): void => void vscode.commands.executeCommand(commandIds.stop, server);
    const terminals = this.store.add(new OutputTerminals(servers, stop));
    const savings = new Savings(context.workspaceState);
    this.statusBar = this.store.add(new StatusBar(servers, systemClock, savings));
    this.store.add(new HandoffLog(channel, servers));
    this.store.add(new Problems(servers));
    this.store.add(new Notifications(servers));
    this.store.add(new ContextKeys(servers));
    const firstSight = new FirstSight(servers, choices, channel);
    const seen: Promise<void>[] = [];
    this.store.add(
      servers.onDidOpen((session) => {
        session.onDidHappen((event) => {
          savings.heard(session.folder, event);
          this.eventEmitter.fire(event);
          void operations.heard(session.folder, event).catch(() => undefined);
        });
        session.onDidAttach(
          (statuses) => void operations.joined(session.folder, statuses).catch(() => undefined),
        );
        seen.push(firstSight.see(session));
      }),
    );
    this.view = this.store.add(new GenerationsView(servers, systemClock));
    const timeline = this.store.add(new Timeline(servers, context.extensionUri));
    this.store.add(linkLog(servers));
    const { view } = this;
    this.ready = afterActivation().then(async () => {
      servers.update();
      // What runs already is known before it is said that nothing does.
      await Promise.all(servers.sessions.map((session) => session.attach().catch(() => undefined)));
      this.statusBar.settle();
      await Promise.all(seen);
    });
    const { ready } = this;
    const debugging = this.store.add(
      new Debugging(
        ready,
        async () => new (await import('./later.ts')).Followers({ servers, operations }),
        servers,
      ),
    );
    const parts = {
      servers,
      operations,
      choices,
      saves,
      debugging,
      terminals,
      view,
      timeline,
      channel,
      ready,
    };
    this.store.add(new Commands(parts));
    this.operations = operations;
    this.store.add(new Tools({ servers, operations, ready }));
    this.store.add(new Tasks({ servers, operations, ready }));
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
    const { openLink } = await import('./later.ts');
    const graceMs = readSettings(folder.uri).settings.graceSeconds * 1000;
    const env = { ...withoutEditorVariables(process.env), ELECTRON_RUN_AS_NODE: '1' };
    const how = launch ? { launch: { node: process.execPath, script, env, graceMs } } : {};
    return openLink({ workspace, ...how }, listener, heardOf);
  });
}
