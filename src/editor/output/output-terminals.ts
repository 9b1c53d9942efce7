/** Which server's output is in which terminal. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { OutputTerminal } from './output-terminal.ts';
import { sameServer } from '../servers/server-ref.ts';
import { isRunning, type Servers } from '../servers/servers.ts';
import type { ServerRef } from '../servers/server-ref.ts';

export class OutputTerminals implements Disposable {
  private readonly store = new DisposableStore();
  private readonly open = new Map<
    vscode.Terminal,
    { readonly ref: ServerRef; readonly output: OutputTerminal }
  >();

  /** @param interrupt what Ctrl+C in a server's terminal does */
  constructor(
    private readonly servers: Servers,
    private readonly interrupt: (ref: ServerRef) => void,
  ) {
    this.store.add(
      // Listed with the other terminals as soon as the server runs, but never in the way.
      servers.onDidChange(({ ref, status }) => {
        if (isRunning({ status }) && status.state === 'starting') this.ensure(ref);
      }),
    );
    this.store.add(
      // After the window's reload, too.
      servers.onDidOpen((session) => {
        session.onDidAttach((statuses) => {
          for (const status of statuses) {
            if (isRunning({ status })) this.ensure({ folder: session.folder, server: status.name });
          }
        });
      }),
    );
    this.store.add(
      vscode.window.onDidCloseTerminal((terminal) => {
        this.open.get(terminal)?.output.dispose();
        this.open.delete(terminal);
      }),
    );
  }

  show(ref: ServerRef): void {
    this.ensure(ref)?.terminal.show();
  }

  dispose(): void {
    for (const { output } of this.open.values()) output.dispose();
    this.open.clear();
    this.store.dispose();
  }

  private ensure(ref: ServerRef): OutputTerminal | undefined {
    for (const { ref: other, output } of this.open.values()) if (sameServer(ref, other)) return output;
    const session = this.servers.session(ref.folder);
    if (session === undefined) return undefined;
    const output = new OutputTerminal(session, ref.server, () => {
      this.interrupt(ref);
    });
    this.open.set(output.terminal, { ref, output });
    return output;
  }
}
