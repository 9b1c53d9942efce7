/** What stands in the panel: output channels, problems, terminals. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import type { VSCodeServer } from '../vscode-web.mts';
import { pickRow, quickPickRows, runCommand } from './quick-input.mts';
import { plainSpaces, settled } from './text.mts';

/** Brings an output channel to the front. */
export async function showOutput(page: Page, channel = 'Hot Swap'): Promise<void> {
  await runCommand(page, 'Output: Show Output Channels...');
  await quickPickRows(page);
  await pickRow(page, channel);
}

/** The lines in view of the output channel in front. The rest is not drawn: `logOf` has it all. */
export async function outputText(page: Page): Promise<string> {
  const lines = page.locator('.part.panel .output-view .view-lines');
  await lines.waitFor();
  return plainSpaces(await lines.innerText());
}

/**
 * The files of a log output channel, one for each extension host that any window on this server had. A file follows
 * its channel by up to half a second.
 */
export function logFiles(server: VSCodeServer, channel = 'Hot Swap'): string[] {
  const logs = join(server.userDataDir, 'logs');
  if (!existsSync(logs)) return [];
  return readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === `${channel}.log`)
    .sort()
    .map((file) => join(logs, file));
}

/** One row each, as a screen reader says it: the file, then its problems with line, column and source. */
export async function problems(page: Page): Promise<string[]> {
  await runCommand(page, 'Problems: Focus on Problems View');
  const rows = page.locator('.markers-panel .monaco-list-row');
  return settled(async () =>
    Promise.all((await rows.all()).map(async (row) => (await row.getAttribute('aria-label')) ?? '')),
  );
}

/** The rows in view of the terminal in front, without the blank ones below. A wrapped line is two rows. */
export async function terminalText(page: Page): Promise<string> {
  const rows = page.locator('.part.panel .terminal-wrapper.active .xterm-rows > div');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map(plainSpaces).join('\n').trimEnd();
}

/** Types into the terminal in front; `\n` is the Enter key. */
export async function typeInTerminal(page: Page, text: string): Promise<void> {
  await page.locator('.part.panel .terminal-wrapper.active .xterm-helper-textarea').focus();
  await page.keyboard.type(text);
}
