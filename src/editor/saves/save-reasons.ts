/** Whether the user saved a file or the editor did by itself. */
import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { likelyKind, type SaveKind } from '../settings/swap-on.ts';

export class SaveReasons implements Disposable {
  private readonly store = new DisposableStore();
  /** By URI, of saves under way. */
  private readonly kinds = new Map<string, SaveKind>();
  /** By URI: when the last change was made that is not saved. */
  private readonly changed = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    this.store.add(
      vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
        const manual = reason === vscode.TextDocumentSaveReason.Manual;
        this.kinds.set(document.uri.toString(), manual ? 'explicit' : 'auto');
      }),
    );
    this.store.add(
      vscode.workspace.onDidChangeTextDocument(({ document: { uri, isDirty }, contentChanges }) => {
        if (isDirty && contentChanges.length > 0) this.changed.set(uri.toString(), this.clock.now());
      }),
    );
    this.store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)));
  }

  /**
   * To be called once a save. VS Code says the reason before it writes, but not to everyone: where an extension
   * takes more than 1.5 s over that, the ones after it are left out. Then it is what it looks like.
   */
  take(uri: vscode.Uri): SaveKind {
    const id = uri.toString();
    const said = this.kinds.get(id);
    const changed = this.changed.get(id);
    this.forget(uri);
    if (said !== undefined) return said;
    const { autoSave, autoSaveDelay } = vscode.workspace.getConfiguration('files', uri);
    return likelyKind({
      autoSave: String(autoSave),
      delayMs: Number(autoSaveDelay),
      sinceChangeMs: changed === undefined ? undefined : this.clock.now() - changed,
      inFront: vscode.window.state.focused && vscode.window.activeTextEditor?.document.uri.toString() === id,
    });
  }

  dispose(): void {
    this.store.dispose();
  }

  private forget(uri: vscode.Uri): void {
    this.kinds.delete(uri.toString());
    this.changed.delete(uri.toString());
  }
}
