/** The one place that reads `hotSwap.*`. */
import * as vscode from 'vscode';
import type { ParsedSettings } from './schema.ts';
import { parseSettings, settingNames } from './schema.ts';

const section = 'hotSwap';

/** Only in a trusted workspace: the values may come from it. */
export function readSettings(folder: vscode.Uri): ParsedSettings {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  return parseSettings(
    Object.fromEntries(settingNames.map((name) => [name, configuration.get<unknown>(name)])),
  );
}

/** The user's changes to the environment of terminals, for this platform; `null` removes a variable. */
export function readTerminalEnvironment(folder: vscode.Uri): Readonly<Record<string, string | null>> {
  const platforms: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'osx' };
  const key = `env.${platforms[process.platform] ?? 'linux'}`;
  const given = vscode.workspace.getConfiguration('terminal.integrated', folder).get<unknown>(key);
  const entries = Object.entries(typeof given === 'object' && given !== null ? given : {});
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string',
    ),
  );
}

export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) listener();
  });
}

export function openSettings(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', `@ext:hot-swap.hot-swap`);
}
