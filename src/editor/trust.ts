/** In an untrusted workspace nothing runs, and none of its settings are read. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../shared/disposable.ts';
import { commandIds } from './status/actions.ts';

/** Calls `begin` as soon as the workspace is trusted, which may be at once; owns what it returns. */
export function whenTrusted(begin: () => Disposable): Disposable {
  const store = new DisposableStore();
  if (vscode.workspace.isTrusted) {
    store.add(begin());
    return store;
  }
  const waiting = store.add(explainingCommands());
  store.add(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      waiting.dispose();
      store.add(begin());
    }),
  );
  return store;
}

/** The palette hides them, but keybindings and other extensions may still call them. */
function explainingCommands(): Disposable {
  const store = new DisposableStore();
  for (const id of Object.values(commandIds))
    store.add(vscode.commands.registerCommand(id, () => void explain()));
  return store;
}

async function explain(): Promise<void> {
  const manage = 'Manage Workspace Trust';
  const text = 'Hot Swap runs the servers of a workspace, so it does nothing until the workspace is trusted.';
  const answer = await vscode.window.showInformationMessage(text, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
