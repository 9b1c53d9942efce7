/** Debugging as the editor knows it before anybody debugs: the type `hotSwap` of launch configurations. */
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import type { Servers } from '../servers/servers.ts';
import { commandIds } from '../status/actions.ts';
import type { FollowerParts } from './follower.ts';
import type { Followers } from './followers.ts';

const type = 'hotSwap';

export class Debugging implements Disposable {
  private readonly store = new DisposableStore();
  private followers: Followers | undefined;

  /** `ready`: it is known what runs. */
  constructor(
    private readonly parts: FollowerParts,
    private readonly ready: () => Promise<void>,
  ) {
    const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
    const provide = (): vscode.DebugConfiguration[] => configurationsOf(this.parts.servers);
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
          await this.ready();
          return new vscode.DebugAdapterInlineImplementation(this.load().follow(session));
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
    await this.followers?.letGo(ref);
  }

  dispose(): void {
    this.followers?.dispose();
    this.store.dispose();
  }

  private load(): Followers {
    if (this.followers === undefined) {
      const bundle = createRequire(__filename)('./debugging.js') as typeof import('./followers.ts');
      this.followers = new bundle.Followers(this.parts);
    }
    return this.followers;
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
