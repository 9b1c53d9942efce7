/**
 * Tells the supervisors which files are being worked on, so that what the next save needs is prepared while the user
 * types. A file that gets its first change is told at once, and what is only looked at when there is time.
 */
import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { Servers } from '../servers/servers.ts';
import type { Session } from '../servers/session.ts';

/** Whoever looks through files looks at one for less (ms). */
const lookMs = 500;

export class AtWork implements Disposable {
  private readonly store = new DisposableStore();
  /** With unsaved changes, the latest first. */
  private changed: readonly string[] = [];
  private later: { cancel(): void } | undefined;
  private readonly told = new WeakMap<Session, string>();

  constructor(
    private readonly servers: Servers,
    private readonly clock: Clock,
  ) {
    this.store.add(
      vscode.workspace.onDidChangeTextDocument(({ document: { uri, isDirty } }) => {
        if (uri.scheme !== 'file' || this.changed.includes(uri.fsPath) === isDirty) return;
        this.changed = this.changed.filter((file) => file !== uri.fsPath);
        if (isDirty) this.changed = [uri.fsPath, ...this.changed];
        // A save is told by itself.
        if (isDirty) this.tell();
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.changed = this.changed.filter((file) => file !== uri.fsPath);
        this.tellLater();
      }),
    );
    this.store.add(vscode.window.onDidChangeActiveTextEditor(() => this.tellLater()));
    this.store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.tellLater()));
    this.store.add(servers.onDidChangeList(() => this.tellLater()));
    this.store.add(servers.onDidOpen((session) => session.onDidAttach(() => this.tellLater())));
  }

  dispose(): void {
    this.later?.cancel();
    this.store.dispose();
  }

  private tellLater(): void {
    this.later?.cancel();
    this.later = this.clock.setTimeout(() => this.tell(), lookMs);
  }

  private tell(): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const editors =
      activeTextEditor === undefined ? visibleTextEditors : [activeTextEditor, ...visibleTextEditors];
    const shown = editors.map(({ document: { uri } }) => uri).filter(({ scheme }) => scheme === 'file');
    for (const session of this.servers.sessions) {
      const isIn = (file: string): boolean => file.startsWith(`${session.folder}/`);
      const changed = this.changed.filter(isIn);
      const open = [...new Set(shown.map(({ fsPath }) => fsPath).filter(isIn))];
      const news = JSON.stringify([changed, open]);
      if (session.current === undefined || this.told.get(session) === news) continue;
      this.told.set(session, news);
      session.current.working(changed, open);
    }
  }
}
