/** Debugging as the editor knows it before anybody debugs: the type `hotSwap` of launch configurations. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import type { Servers } from '../servers/servers.ts';
import { commandIds } from '../status/actions.ts';
import type { Followers } from './followers.ts';

const type = 'hotSwap';

export class Debugging implements Disposable {
  private readonly store = new DisposableStore();
  private followers: Promise<Followers> | undefined;

  /** `ready`: it is known what runs. `load`: what is needed once somebody debugs. */
  constructor(
    ready: Promise<void>,
    private readonly load: () => Promise<Followers>,
    servers: Servers,
  ) {
    const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
    const provide = (): vscode.DebugConfiguration[] => configurationsOf(servers);
    this.store.add(
      vscode.debug.registerDebugConfigurationProvider(type, {
        provideDebugConfigurations: provide,
        resolveDebugConfiguration: (_folder, configuration) => resolve(configuration),
      }),
    );
    this.store.add(
      vscode.debug.registerDebugConfigurationProvider(type, { provideDebugConfigurations: provide }, Dynamic),
    );
    this.store.add(
      vscode.debug.registerDebugAdapterDescriptorFactory(type, {
        createDebugAdapterDescriptor: async (session) => {
          await ready;
          this.followers ??= this.load();
          const followers = await this.followers;
          return followers.follow(session);
        },
      }),
    );
  }

  /** Begins to debug it, and starts it if it does not run. */
  async start(ref: ServerRef): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(ref.folder));
    const configuration = { type, request: 'attach', name: ref.server, server: ref.server };
    await vscode.debug.startDebugging(folder, configuration, { suppressSaveBeforeStart: true });
  }

  /** Generations that are paused run on without a debugger, so that a swap which waits for them follows. */
  async letGo(ref: ServerRef): Promise<void> {
    await (await this.followers)?.letGo(ref);
  }

  dispose(): void {
    void this.followers?.then((followers) => followers.dispose());
    this.store.dispose();
  }
}

/** One for each server: what the editor offers where there is no launch.json, and in its list. */
function configurationsOf(servers: Servers): vscode.DebugConfiguration[] {
  return servers.list().map(({ ref: { server } }) => ({ type, request: 'launch', name: server, server }));
}

/** F5 without a configuration: the command asks which server is meant. */
async function resolve(
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const { request, server, command, program, runtimeExecutable } = configuration as Partial<
    Record<string, unknown>
  >;
  if (
    request !== undefined &&
    [server, command, program, runtimeExecutable].some((said) => said !== undefined)
  )
    return configuration;
  await vscode.commands.executeCommand(commandIds.debug);
  return undefined;
}
