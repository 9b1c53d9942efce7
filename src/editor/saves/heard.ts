/** How far we are behind the window: what a user does there is told to extensions in turn, and a busy host is late. */
import path from 'node:path';
import * as vscode from 'vscode';

/** Resolves after whatever the window had to tell us before: it answers in order. */
export async function windowAnswered(): Promise<void> {
  try {
    await vscode.commands.executeCommand('setContext', 'hotSwap.asked', true);
  } catch {
    // it is closing
  }
}

/** Resolves when we have heard of what was typed and saved in these files. Of what is not open there is no news. */
export async function heardOf(files: readonly string[]): Promise<void> {
  // By their names: a supervisor knows files by where they really are, an editor by how it came to them.
  const names = new Set(files.map((file) => path.basename(file)));
  const isOpen = vscode.workspace.textDocuments.some(({ uri }) => names.has(path.basename(uri.fsPath)));
  if (isOpen) await windowAnswered();
}
