/**
 * Tells the supervisors which files have changes that are not saved. VS Code waits for extensions before it writes a
 * file, but not for long; what is said here was said while the user still typed.
 */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { Servers } from '../servers/servers.ts';
import { windowAnswered } from './heard.ts';

export class Unsaved implements Disposable {
  private readonly store = new DisposableStore();
  /** Saved, and what is to come of it not said yet. */
  private readonly pending = new Set<string>();
  /** Without changes now: saved, of which we are about to hear, or reverted. */
  private readonly leaving = new Set<string>();
  private told: readonly string[] = [];

  /** `matters`: whether it is us, and not the file watcher, to say what follows from a save. */
  constructor(
    private readonly servers: Servers,
    private readonly matters: (uri: vscode.Uri) => boolean,
  ) {
    // It fires for changes of `isDirty` alone, too.
    this.store.add(
      vscode.workspace.onDidChangeTextDocument(({ document: { uri, isDirty } }) => {
        if (!isDirty) void this.leave(uri.fsPath);
        else if (!this.told.includes(uri.fsPath)) this.update();
      }),
    );
    this.store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.leave(uri.fsPath)));
    this.store.add(servers.onDidChangeList(() => this.update()));
    this.store.add(
      servers.onDidOpen((session) => {
        session.onDidAttach(() => session.current?.unsaved(this.told));
      }),
    );
  }

  /** Whether another file has lost its changes and was most likely saved, of which we have not heard yet. */
  expectsMoreThan(file: string): boolean {
    return [...this.leaving].some((leaving) => leaving !== file);
  }

  /** It stays among the unsaved ones until `spokenFor`. */
  saved(file: string): void {
    this.pending.add(file);
  }

  /** To be called after it was said what is to come of a save, or what `matters` has changed. */
  spokenFor(files: readonly string[] = []): void {
    for (const file of files) {
      this.pending.delete(file);
      this.leaving.delete(file);
    }
    this.update();
  }

  dispose(): void {
    this.store.dispose();
  }

  /** VS Code says that a file has no changes any more before it says that it was saved. */
  private async leave(file: string): Promise<void> {
    if (!this.told.includes(file) || this.leaving.has(file)) return;
    this.leaving.add(file);
    await windowAnswered();
    this.leaving.delete(file);
    this.update();
  }

  private update(): void {
    const unsaved = vscode.workspace.textDocuments.filter(
      ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && this.matters(uri),
    );
    const files = new Set([...unsaved.map(({ uri }) => uri.fsPath), ...this.pending, ...this.leaving]);
    const sorted = [...files].sort();
    if (sorted.join('\n') === this.told.join('\n')) return;
    this.told = sorted;
    for (const session of this.servers.sessions) session.current?.unsaved(sorted);
  }
}
