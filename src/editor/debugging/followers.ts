/** All debug sessions of servers in this window. Loaded when the first of them begins (later.ts). */
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import { sameServer, type ServerRef } from '../servers/server-ref.ts';
import { definitionOf, type HotSwapConfiguration } from './configurations.ts';
import { Follower, isOfProcess, type FollowerParts } from './follower.ts';
import { trackPauses } from './pauses.ts';
import { Settled } from './settled.ts';

export class Followers implements Disposable {
  private readonly parts: FollowerParts;
  private readonly settled = new Settled(isOfProcess);
  /** By id of their sessions. */
  private readonly all = new Map<string, Follower>();
  private readonly subscriptions: readonly Disposable[];

  constructor(parts: FollowerParts) {
    this.parts = parts;
    this.subscriptions = [
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        const follower = this.all.get(id);
        this.all.delete(id);
        void follower?.end();
      }),
      trackPauses(sessionOfProcess, (session, isPaused) =>
        this.all.get(session.parentSession?.id ?? '')?.setPaused(session, isPaused),
      ),
      this.settled,
    ];
  }

  /** For a session of type `hotSwap`. Throws an error for the user. */
  follow(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const configuration = session.configuration as HotSwapConfiguration;
    const folder = (session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
    if (folder === undefined) throw new Error('Hot Swap runs the servers of a folder: open one.');
    const ref = this.serverOf(configuration, folder);
    if ([...this.all.values()].some((other) => sameServer(other.ref, ref)))
      throw new Error(`${ref.server} is debugged already.`);
    const follower = new Follower(ref, session, this.parts, this.settled);
    this.all.set(session.id, follower);
    return new vscode.DebugAdapterInlineImplementation(follower.adapter);
  }

  async letGo(ref: ServerRef): Promise<void> {
    await Promise.all(
      [...this.all.values()].filter((one) => sameServer(one.ref, ref)).map((one) => one.letGo()),
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private serverOf(configuration: HotSwapConfiguration, folder: string): ServerRef {
    const { server, name } = configuration;
    const { servers } = this.parts;
    if (server !== undefined) {
      const known = servers.list().filter(({ ref }) => ref.server === server);
      const found = known.find(({ ref }) => ref.folder === folder) ?? known[0];
      if (found === undefined) throw new Error(`There is no server "${server}" in this workspace.`);
      return found.ref;
    }
    const definition = definitionOf(configuration, folder);
    if (definition === undefined)
      throw new Error(`${name} does not say what to run: give it a server, a command or a program.`);
    return servers.launch(folder, definition);
  }
}

/** js-debug has sessions for processes and threads below it. */
function sessionOfProcess(session: vscode.DebugSession): vscode.DebugSession | undefined {
  for (let one: vscode.DebugSession | undefined = session; one !== undefined; one = one.parentSession)
    if (isOfProcess(one)) return one;
  return undefined;
}
