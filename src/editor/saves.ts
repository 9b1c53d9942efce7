/** Save-to-upgrade: what the editor saves is told to the supervisors, one Save All as one swap. */
import * as vscode from 'vscode';
import type { Clock } from '../shared/clock.ts';
import { DisposableStore, type Disposable } from '../shared/disposable.ts';
import { Coalescer } from './coalescer.ts';
import type { Log } from './log.ts';
import type { Operations } from './operations.ts';
import { routeSave, type SaveRoute } from './saveRouting.ts';
import type { Servers } from './servers.ts';

export class Saves implements Disposable {
  private readonly store = new DisposableStore();
  private readonly coalescer: Coalescer;
  /** URIs of documents whose save under way is not the user's. */
  private readonly auto = new Set<string>();

  constructor(
    private readonly servers: Servers,
    private readonly operations: Operations,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.coalescer = this.store.add(
      new Coalescer(clock, (files, time) => {
        void this.tell(files, time);
      }),
    );
    this.store.add(vscode.workspace.onWillSaveTextDocument((event) => this.willSave(event)));
    this.store.add(vscode.workspace.onDidSaveTextDocument((document) => this.didSave(document.uri)));
    this.store.add(vscode.workspace.onDidSaveNotebookDocument((notebook) => this.didSave(notebook.uri)));
  }

  /** Saves the workspace's unsaved files, keeping them from swapping by themselves; returns their paths. */
  saveAll(): Promise<readonly string[]> {
    const unsaved = vscode.workspace.textDocuments.filter(
      ({ isDirty, isUntitled, uri }) =>
        isDirty && !isUntitled && vscode.workspace.getWorkspaceFolder(uri) !== undefined,
    );
    return this.coalescer.during(() => Promise.all(unsaved.map((document) => document.save())));
  }

  dispose(): void {
    this.store.dispose();
  }

  private willSave({ document, reason }: vscode.TextDocumentWillSaveEvent): void {
    const { uri } = document;
    if (uri.scheme !== 'file') return;
    if (reason === vscode.TextDocumentSaveReason.Manual) this.auto.delete(uri.toString());
    else this.auto.add(uri.toString());
    if (this.route(uri) === 'none' && !this.coalescer.holding) return;
    for (const session of this.servers.sessions) session.current?.writing([uri.fsPath], this.clock.now());
  }

  private didSave(uri: vscode.Uri): void {
    if (uri.scheme !== 'file') return;
    const route = this.route(uri);
    this.auto.delete(uri.toString());
    if (route === 'tell' || this.coalescer.holding) this.coalescer.add(uri.fsPath, othersUnsaved(uri));
  }

  private route(uri: vscode.Uri): SaveRoute {
    const folder = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.workspace.workspaceFolders?.[0];
    if (folder?.uri.scheme !== 'file') return 'none';
    return routeSave(
      this.servers.settings(folder.uri.fsPath).swapOn,
      this.auto.has(uri.toString()) ? 'auto' : 'explicit',
    );
  }

  private async tell(files: readonly string[], time: number): Promise<void> {
    try {
      await this.operations.refresh(files);
    } catch (error) {
      this.log.error(String(error instanceof Error ? error.message : error));
    }
    for (const session of this.servers.sessions) {
      // Somebody may have started a server outside of this window.
      const link = session.current ?? (await session.attach().catch(() => undefined));
      link?.saved(files, time);
    }
  }
}

/** A Save All has more to come; so it may be if something else is unsaved. */
function othersUnsaved(saved: vscode.Uri): boolean {
  const id = saved.toString();
  return vscode.workspace.textDocuments.some(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && uri.toString() !== id,
  );
}
