/** The box at the top of the window: command palette, quick picks, go to file. */
import { basename } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { settled, textsOf, type DomNode } from './text.mts';

const box = (page: Page): Locator => page.locator('.quick-input-widget:visible');
const input = (page: Page): Locator => box(page).locator('input[type="text"]:visible');
const rows = (page: Page): Locator => box(page).locator('.quick-input-list .monaco-list-row');
const labels = (page: Page): Locator => rows(page).locator('.quick-input-list-row:first-child .label-name');

/** A window that has just opened takes its time (ms). */
const patienceMs = 30_000;

/** The palette is the box whose text begins with ">"; other quick picks are in the same one. */
const showsPalette = `[...document.querySelectorAll('.quick-input-widget input[type="text"]')].some((input) => input.checkVisibility() && input.value.startsWith('>'))`;

/** How long what was typed may take to show (ms). */
const lookMs = 3000;

/**
 * Opens the palette and types; returns when its list has settled, with what there is after `waitMs` in any case. A
 * window that is still busy puts a text of its own in place of ours, or shows a list from before it knew all
 * commands, and stays with it: then it is opened once more.
 */
async function searchPalette(page: Page, query: string, waitMs = patienceMs): Promise<string[]> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    await page.keyboard.press('F1');
    await page.waitForFunction(showsPalette); // it is there a moment before its text, which would replace ours
    await input(page).fill(`>${query}`);
    // Until it is filtered, the list is the one of all commands, and for a moment there may be none.
    const matching = rows(page).filter({ hasText: query }).first();
    const timeout = Math.min(lookMs, Math.max(1, deadline - Date.now()));
    const found = await matching.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
    if (found || Date.now() >= deadline) return settled(() => textsOf(labels(page)));
    console.log(`the palette shows nothing for "${query}": ${await box(page).innerText()}`);
    await closeQuickInput(page);
  }
}

/** Runs a command by its exact palette title, category included: `Hot Swap: Start Server`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const offered = await searchPalette(page, title);
  // Not simply Enter: what was used last comes first, so "Hot Swap Server" might run "Hot Swap: Stop Server".
  const index = offered.indexOf(title);
  if (index < 0) {
    await closeQuickInput(page);
    throw new Error(`the palette does not offer "${title}", but ${JSON.stringify(offered)}`);
  }
  await rows(page).nth(index).click();
  await page.waitForFunction(`!${showsPalette}`); // the command may open a quick pick of its own
}

/** Titles of the commands the palette offers that contain `query`; `waitMs`: after which there are none. */
export async function paletteOffers(page: Page, query: string, waitMs?: number): Promise<string[]> {
  const offered = await searchPalette(page, query, waitMs);
  await closeQuickInput(page);
  return offered.filter((title) => title.toLowerCase().includes(query.toLowerCase())).sort();
}

/** Rows of the open quick pick, each as `label · description · detail`, icons left out. */
export async function quickPickRows(page: Page): Promise<string[]> {
  await rows(page).first().waitFor();
  const parts = '.label-name, .label-description';
  return settled(() =>
    rows(page).evaluateAll(
      (nodes: DomNode[], selector: string) =>
        nodes.map((row) =>
          Array.from(row.querySelectorAll(selector), (part) => part.innerText.trim())
            .filter((text) => text !== '')
            .join(' · '),
        ),
      parts,
    ),
  );
}

/** Chooses the first row of the open quick pick that contains `text`. */
export async function pickRow(page: Page, text: string): Promise<void> {
  await rows(page).filter({ hasText: text }).first().click();
}

export async function closeQuickInput(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await box(page).waitFor({ state: 'hidden' });
}

/** Opens "go to file", types a name or path and chooses the first file of that name; for `openFile`. */
export async function goToFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await input(page).fill(path);
  const exactly = page.getByText(basename(path), { exact: true });
  await rows(page).filter({ has: exactly }).first().click();
}
