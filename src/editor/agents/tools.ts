/** What language models can ask and do, each time with the user's word where something is done. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { byCommand } from '../../shared/model.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { Operations } from '../servers/operations.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { isRunning, type KnownServer, type Servers } from '../servers/servers.ts';
import { errorLines, outcomeText, statusText } from './said.ts';

export interface AgentParts {
  readonly servers: Servers;
  readonly operations: Operations;
  /** It is known what runs. */
  readonly ready: Promise<void>;
}

interface Input {
  readonly server?: string;
}

/** Enough of what was printed (characters) for a stack. */
const mostOutput = 4000;

export class Tools implements Disposable {
  private readonly store = new DisposableStore();

  constructor(private readonly parts: AgentParts) {
    this.register('hotSwap_status', (server) => Promise.resolve(this.status(server)));
    this.register('hotSwap_lastError', (server) => this.lastError(server));
    this.register(
      'hotSwap_swap',
      async (server) => {
        const { ref } = await this.saved(server);
        return outcomeText(ref.server, await this.parts.operations.swap(ref, byCommand()), within(ref));
      },
      'Swap the dev server',
    );
  }

  dispose(): void {
    this.store.dispose();
  }

  private register(name: string, run: (server: KnownServer) => Promise<string>, acts?: string): void {
    this.store.add(
      vscode.lm.registerTool<Input>(name, {
        prepareInvocation: ({ input }) => {
          if (acts === undefined) return undefined;
          const message = `${acts} ${input.server ?? ''} to what is on disk now? Requests wait meanwhile, none is lost.`;
          return { invocationMessage: 'Swapping', confirmationMessages: { title: acts, message } };
        },
        invoke: async ({ input }) => {
          await this.parts.ready;
          const server = this.find(input.server);
          const text = typeof server === 'string' ? server : await run(server);
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
        },
      }),
    );
  }

  /** Or why there is none. */
  private find(name: string | undefined): KnownServer | string {
    const all = this.parts.servers.list();
    const running = all.filter(isRunning);
    const found = name === undefined ? (running[0] ?? all[0]) : all.find(({ ref }) => ref.server === name);
    if (found !== undefined) return found;
    const names = all.map(({ ref }) => ref.server).join(', ');
    return names === ''
      ? 'Hot Swap knows no server in this workspace.'
      : `There is no server "${String(name)}": ${names}.`;
  }

  /** What an agent has written in an editor counts once it is saved. */
  private async saved(server: KnownServer): Promise<KnownServer> {
    await vscode.workspace.saveAll();
    return server;
  }

  private status({ ref, status }: KnownServer): string {
    return status === undefined ? `${ref.server}: off` : statusText(status, within(ref));
  }

  private async lastError({ ref, status }: KnownServer): Promise<string> {
    const failure = status?.failure;
    if (failure === undefined) return `${ref.server}: no error; the last code that was tried serves`;
    const recent = await this.parts.servers.session(ref.folder)?.current?.recent(ref.server);
    const printed = (recent?.output ?? [])
      .filter(({ generation }) => generation === failure.generation)
      .map(({ text }) => text)
      .join('');
    const output = printed === '' ? [] : ['It printed:', printed.slice(-mostOutput)];
    return [...errorLines(failure, within(ref)), ...output].join('\n');
  }
}

export function within({ folder }: ServerRef): (file: string) => string {
  return (file) => relative(folder, file);
}
