/** Tasks of the type `hotSwap`: start a server, swap it, or wait until the code on disk is what answers. */
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import { byCommand } from '../../shared/model.ts';
import type { SwapOutcome } from '../../shared/model.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { outcomeText } from './said.ts';
import { within, type AgentParts } from './tools.ts';

const type = 'hotSwap';
const actions = ['start', 'swap', 'wait'] as const;
type Action = (typeof actions)[number];

interface Definition extends vscode.TaskDefinition {
  readonly server: string;
  readonly action?: Action;
}

export class Tasks implements Disposable {
  private readonly provider: vscode.Disposable;

  constructor(private readonly parts: AgentParts) {
    this.provider = vscode.tasks.registerTaskProvider(type, {
      provideTasks: () =>
        this.parts.servers
          .list()
          .flatMap(({ ref }) =>
            actions.map((action) => this.task({ type, server: ref.server, action }, ref)),
          ),
      resolveTask: (task) => {
        const definition = task.definition as Definition;
        const known = this.parts.servers.list().find(({ ref }) => ref.server === definition.server);
        return known && this.task(definition, known.ref);
      },
    });
  }

  dispose(): void {
    this.provider.dispose();
  }

  private task(definition: Definition, ref: ServerRef): vscode.Task {
    const { action = 'wait' } = definition;
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(ref.folder));
    const run = new vscode.CustomExecution(() => Promise.resolve(this.terminal(ref, action)));
    const name = `${action} ${ref.server}`;
    return new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      name,
      'Hot Swap',
      run,
      '$hot-swap',
    );
  }

  private terminal(ref: ServerRef, action: Action): vscode.Pseudoterminal {
    const write = new vscode.EventEmitter<string>();
    const close = new vscode.EventEmitter<number>();
    const say = (text: string): void => write.fire(`${text.replaceAll('\n', '\r\n')}\r\n`);
    const run = async (): Promise<void> => {
      try {
        await this.parts.ready;
        const outcome = await this.run(ref, action);
        say(outcomeText(ref.server, outcome, within(ref)));
        close.fire(outcome.outcome === 'swapped' ? 0 : 1);
      } catch (error) {
        say(`error: ${error instanceof Error ? error.message : String(error)}`);
        close.fire(1);
      }
    };
    return {
      onDidWrite: write.event,
      onDidClose: close.event,
      open: () => void run(),
      close: () => undefined, // what it began goes on
    };
  }

  private async run(ref: ServerRef, action: Action): Promise<SwapOutcome> {
    const { operations } = this.parts;
    if (action === 'start') return operations.start(ref);
    if (action === 'swap') return operations.swap(ref, byCommand());
    return operations.wait(ref);
  }
}
