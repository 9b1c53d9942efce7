import type { Page } from 'playwright-core';
import { workbenchDrawn } from '../workbench-window.mts';
import { runCommand } from './quick-input.mts';

/** Runs "Developer: Reload Window" and waits for the new workbench: page and extension host start anew. */
export async function reloadWindow(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await runCommand(page, 'Developer: Reload Window').catch((error: unknown) => {
    // The page may be gone before the palette is seen to close.
    if (!/navigation|context was destroyed/i.test(String(error))) throw error;
  });
  await loaded;
  await workbenchDrawn(page);
}

/**
 * Trusts the folder of a window in restricted mode, by the page that "Manage Workspace Trust" opens. (This VS Code
 * asks no question at the start: a folder that nobody trusted yet is restricted, and a banner says so.)
 */
export async function trustWorkspace(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  const editor = page.locator('.workspace-trust-editor');
  await editor.getByRole('button', { name: 'Trust', exact: true }).click();
  await editor.getByText('You trust this folder').first().waitFor();
}
