/** Save-to-upgrade: what the editor saves is told to the supervisors, one Save All as one swap. */
import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { AtWork } from './at-work.ts';
import { Coalescer } from './coalescer.ts';
import type { Log } from '../../shared/log.ts';
import type { Operations } from '../servers/operations.ts';
import { SaveReasons } from './save-reasons.ts';
import { routeSave, type SaveKind, type SaveRoute } from '../settings/swap-on.ts';
import type { Servers } from '../servers/servers.ts';
import { Unsaved } from './unsaved.ts';

export class Saves implements Disposable {
  private readonly store = new DisposableStore();
  private readonly coalescer: Coalescer;
  private readonly unsaved: Unsaved;
  private readonly reasons: SaveReasons;

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
    this.unsaved = this.store.add(new Unsaved(servers, (uri) => this.isOurs(uri)));
    this.store.add(new AtWork(servers, clock));
    this.reasons = this.store.add(new SaveReasons(clock));
    this.store.add(vscode.workspace.onWillSaveTextDocument(({ document }) => this.willSave(document.uri)));
    this.store.add(vscode.workspace.onDidSaveTextDocument(({ uri }) => this.didSave(uri)));
    this.store.add(vscode.workspace.onDidSaveNotebookDocument(({ uri }) => this.didSave(uri)));
  }

  /** Saves the workspace's unsaved files, keeping them from swapping by themselves; returns their paths. */
  async saveAll(): Promise<readonly string[]> {
    const documents = vscode.workspace.textDocuments.filter(
      ({ isDirty, isUntitled, uri }) =>
        isDirty && !isUntitled && vscode.workspace.getWorkspaceFolder(uri) !== undefined,
    );
    let files: readonly string[] = [];
    try {
      files = await this.coalescer.during(() => {
        this.unsaved.spokenFor(); // they are ours to save now, whatever the mode
        return Promise.all(documents.map((document) => document.save()));
      });
    } finally {
      this.unsaved.spokenFor(files);
    }
    return files;
  }

  dispose(): void {
    this.store.dispose();
  }

  /** Mostly in time; the only word before the write of a file that has no changes (Ctrl+S after an auto save). */
  private willSave(uri: vscode.Uri): void {
    if (uri.scheme === 'file' && this.isOurs(uri)) this.tellWriting(uri.fsPath);
  }

  private didSave(uri: vscode.Uri): void {
    const kind = this.reasons.take(uri);
    if (uri.scheme !== 'file' || !this.isOurs(uri)) return;
    const file = uri.fsPath;
    this.tellWriting(file);
    if (this.route(uri, kind) === 'tell' || this.coalescer.holding) {
      this.unsaved.saved(file);
      this.coalescer.add(file, othersUnsaved(uri) || this.unsaved.expectsMoreThan(file));
    } else {
      this.unsaved.spokenFor([file]);
    }
  }

  private tellWriting(file: string): void {
    for (const session of this.servers.sessions) session.current?.writing([file], this.clock.now());
  }

  /** Whether the file watcher is to leave the file to us. */
  private isOurs(uri: vscode.Uri): boolean {
    return this.coalescer.holding || this.route(uri, 'explicit') !== 'none';
  }

  private route(uri: vscode.Uri, kind: SaveKind): SaveRoute {
    const folder = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.workspace.workspaceFolders?.[0];
    if (folder?.uri.scheme !== 'file') return 'none';
    return routeSave(this.servers.settings(folder.uri.fsPath).swapOn, kind);
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
    this.unsaved.spokenFor(files);
  }
}

/** A Save All has more to come; so it may be if something else is unsaved. */
function othersUnsaved(saved: vscode.Uri): boolean {
  const id = saved.toString();
  return vscode.workspace.textDocuments.some(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && uri.toString() !== id,
  );
}
