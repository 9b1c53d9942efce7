import type { Locator, Page } from 'playwright-core';
import { plainSpaces, type DomNode } from './text.mts';

/** The status bar entry an extension made with `createStatusBarItem(id, …)`. */
export function statusItem(
  page: Page,
  itemId = 'hotSwap.status',
  extensionId = 'hot-swap.hot-swap',
): Locator {
  return page.locator(`[id="${extensionId}.${itemId}"]`);
}

export interface StatusItemLook {
  /** Icons are pictures: they are in no text. */
  readonly text: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Names of its icons, without `$()`, `~spin` included. */
  readonly icons: string[];
  readonly error: boolean;
  readonly warning: boolean;
}

/** All that can be seen of a status bar entry, in one look, because it may change between two. */
export async function lookAt(item: Locator): Promise<StatusItemLook> {
  // No named function in here: tsx would wrap its name in a helper that the page does not have.
  const seen = await item.evaluate((node: DomNode) => ({
    text: node.innerText,
    spoken: (node.querySelector('[aria-label]') ?? node).getAttribute('aria-label') ?? '',
    icons: Array.from(node.querySelectorAll('.codicon'), (icon) => icon.className),
    classes: node.className.split(' '),
  }));
  const icons = seen.icons.map((classes) => {
    const name = /codicon-(?!modifier)([\w-]+)/.exec(classes)?.[1] ?? '';
    return classes.includes('codicon-modifier-spin') ? `${name}~spin` : name;
  });
  return {
    text: plainSpaces(seen.text).trim(),
    spoken: seen.spoken,
    icons,
    error: seen.classes.includes('error-kind'),
    warning: seen.classes.includes('warning-kind'),
  };
}

/** Text of the tooltip of a status bar entry. */
export async function tooltipText(item: Locator): Promise<string> {
  const page = item.page();
  await page.mouse.move(0, 0);
  await item.hover();
  const hover = page.locator('.workbench-hover:visible, .monaco-hover:visible').last();
  await hover.waitFor();
  const text = plainSpaces(await hover.innerText());
  await page.mouse.move(700, 300);
  return text;
}
