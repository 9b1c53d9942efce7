/** Entry point: composes and disposes; nothing else. */
import * as vscode from 'vscode';
import type { HotSwapApi } from './editor/api.ts';
import { whenTrusted } from './editor/trust.ts';
import type { Operations } from './editor/servers/operations.ts';
import type { ServerRef } from './editor/servers/server-ref.ts';
import { Workbench } from './editor/workbench.ts';
import { Emitter } from './shared/emitter.ts';
import { byCommand } from './shared/model.ts';
import type { HandoffEvent, ServerStatus, SwapOutcome } from './shared/model.ts';

export function activate(context: vscode.ExtensionContext): HotSwapApi {
  const channel = vscode.window.createOutputChannel('Hot Swap', { log: true });
  const changed = new Emitter<ServerStatus>();
  const happened = new Emitter<HandoffEvent>();
  const indicated = new Emitter<void>();
  const shown = new Emitter<void>();
  let workbench: Workbench | undefined;

  const trusted = whenTrusted(() => {
    workbench = new Workbench(context, channel);
    workbench.servers.onDidChange(({ status }) => changed.fire(status));
    workbench.onDidHappen((event) => happened.fire(event));
    workbench.statusBar.onDidChange(() => indicated.fire());
    workbench.view.onDidShow(() => shown.fire());
    return workbench;
  });
  // The last one added is disposed first: the parts still log while they go.
  context.subscriptions.push(channel, changed, happened, indicated, shown, trusted);

  /** For other extensions, by name. */
  const act = async (
    server: string,
    run: (operations: Operations, ref: ServerRef) => Promise<SwapOutcome>,
  ): Promise<SwapOutcome> => {
    await workbench?.ready;
    const known = workbench?.servers.list().find(({ ref }) => ref.server === server);
    if (workbench === undefined || known === undefined)
      throw new Error(`There is no server "${server}" here.`);
    return run(workbench.operations, known.ref);
  };

  return {
    ready: workbench?.ready ?? Promise.resolve(),
    get active() {
      return workbench !== undefined;
    },
    onDidChangeStatus: changed.event,
    onDidHappen: happened.event,
    onDidChangeIndicators: indicated.event,
    swap: (server) => act(server, (operations, ref) => operations.swap(ref, byCommand())),
    wait: (server) => act(server, (operations, ref) => operations.wait(ref)),
    get statuses() {
      return workbench?.servers.sessions.flatMap(({ statuses }) => statuses) ?? [];
    },
    get indicators() {
      return workbench?.statusBar.current ?? [];
    },
    get rows() {
      return workbench?.view.current ?? [];
    },
    onDidShowRows: shown.event,
    get settingsErrors() {
      return workbench?.servers.settingsErrors ?? [];
    },
  };
}
