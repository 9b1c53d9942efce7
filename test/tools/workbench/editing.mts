import { basename } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { goToFile } from './quick-input.mts';

const activeEditor = (page: Page): Locator =>
  page.locator('.editor-group-container.active .monaco-editor').first();
/** Where the editor takes keys: an element of one of two kinds, by browser and setting. */
const keysOf = (page: Page): Locator =>
  activeEditor(page).locator('.native-edit-context, textarea.inputarea').first();
const activeTab = (page: Page): Locator =>
  page.locator('.editor-group-container.active .tabs-container .tab.active');

/** Opens a file of the workspace by its name or relative path, and gives its editor the focus. */
export async function openFile(page: Page, path: string): Promise<void> {
  await goToFile(page, path);
  await page.locator(`.tabs-container .tab.active[data-resource-name="${basename(path)}"]`).waitFor();
  await activeEditor(page).locator('.view-line').first().waitFor();
  await keysOf(page).focus();
}

/** Replaces the whole text of the active editor, by pasting: what is typed, the editor indents its own way. */
export async function replaceText(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await keysOf(page).focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+v');
}

/** Types over the first place in the active editor where `old` stands, found as a user finds it. */
export async function typeOver(page: Page, old: string, text: string): Promise<void> {
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  const find = page.locator('.find-widget.visible .find-part textarea').first();
  await find.fill(old);
  await page.locator('.find-widget.visible .matchesCount', { hasText: /^1 of / }).waitFor();
  await page.keyboard.press('Escape'); // back to the editor, with the match selected
  await page.locator('.find-widget.visible').waitFor({ state: 'detached' });
  await page.keyboard.type(text);
}

/** Ctrl+S, and wait until the tab shows no unsaved changes. */
export async function save(page: Page): Promise<void> {
  await page.keyboard.press('Control+s');
  await activeTab(page).and(page.locator(':not(.dirty)')).waitFor();
}

/** Opens a file, replaces its text and saves. */
export async function rewriteFile(page: Page, path: string, text: string): Promise<void> {
  await openFile(page, path);
  await replaceText(page, text);
  await save(page);
}
