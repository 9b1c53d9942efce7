import { EventEmitter, once } from 'node:events';
import type { Locator, Page } from 'playwright-core';
import { plainSpaces } from './text.mts';

const ours = 'hot-swap.hot-swap';

/** The leftmost status bar entry of an extension, whatever id it gave it. */
export function statusItem(page: Page, extensionId = ours): Locator {
  return page.locator(`.statusbar-item[id^="${extensionId}."]`).first();
}

/** All that can be seen of a status bar entry. */
export interface StatusItemLook {
  /** Icons are pictures: they are in no text. */
  readonly text: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Names of its icons, without `$()`, `~spin` included. */
  readonly icons: readonly string[];
  readonly error: boolean;
  readonly warning: boolean;
}

export type WantedLook = Partial<Omit<StatusItemLook, 'text'>> & { readonly text?: string | RegExp };

/** Watches the status bar entries of an extension from now on, through reloads of the window, too. */
export class StatusItemWatch {
  private readonly changes = new EventEmitter();
  private readonly all: StatusItemLook[][] = [[]];

  private constructor(private readonly page: Page) {}

  static async begin(page: Page, extensionId = ours): Promise<StatusItemWatch> {
    const watch = new StatusItemWatch(page);
    await page.exposeFunction('statusItemsLook', (items: SeenItem[]) => watch.see(items.map(lookOf)));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) watch.see([]); // a new workbench begins without entries
    });
    const script = watchInPage(extensionId);
    await page.addInitScript(script);
    await page.evaluate(script);
    return watch;
  }

  /** All entries as they look now, left to right. */
  get now(): readonly StatusItemLook[] {
    return this.all.at(-1) ?? [];
  }

  /** Everything that was to be seen since the beginning, in order: a frame for each change of any entry. */
  get frames(): readonly (readonly StatusItemLook[])[] {
    return this.all;
  }

  /** Waits until some entry looks like that. */
  async until(wanted: WantedLook, patienceMs = 60_000): Promise<StatusItemLook> {
    const find = (): StatusItemLook | undefined => this.now.find((look) => matches(look, wanted));
    await this.wait(() => find() !== undefined, `some entry looks like ${describe(wanted)}`, patienceMs);
    return find()!;
  }

  async untilGone(patienceMs = 60_000): Promise<void> {
    await this.wait(() => this.now.length === 0, 'no entry is left', patienceMs);
  }

  private see(looks: StatusItemLook[]): void {
    this.all.push(looks);
    this.changes.emit('change');
  }

  private async wait(holds: () => boolean, what: string, patienceMs: number): Promise<void> {
    try {
      const signal = AbortSignal.timeout(patienceMs);
      while (!holds()) await once(this.changes, 'change', { signal });
    } catch {
      const bar = plainSpaces(await this.page.locator('.part.statusbar').innerText()).replace(/\s+/g, ' ');
      throw new Error(
        `waited ${patienceMs} ms until ${what}; seen were ${JSON.stringify(this.all.slice(-5))}, and the bar reads "${bar}"`,
      );
    }
  }
}

/** Text of the tooltip of a status bar entry. It stays until the mouse goes elsewhere. */
export async function tooltipText(item: Locator): Promise<string> {
  return await tooltip(item, async (hover) => plainSpaces(await hover.innerText()));
}

/** Titles of the links in the tooltip of a status bar entry. */
export async function tooltipLinks(item: Locator): Promise<string[]> {
  return await tooltip(item, async (hover) =>
    (await hover.locator('a').allInnerTexts()).map((title) => plainSpaces(title).trim()),
  );
}

/** What `read` finds in it, which is more than nothing. */
async function tooltip<T extends string | string[]>(
  item: Locator,
  read: (hover: Locator) => Promise<T>,
): Promise<T> {
  const page = item.page();
  const hover = page.locator('.workbench-hover:visible, .monaco-hover:visible').last();
  // An entry that changes just then takes its tooltip back, until the mouse comes again.
  for (let attempt = 1; ; attempt += 1) {
    await page.mouse.move(700, 300);
    await item.hover();
    try {
      await hover.waitFor({ timeout: 3_000 });
      const found = await read(hover);
      if (found.length > 0 || attempt === 5) return found;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** What the page can tell without knowing what it means. */
interface SeenItem {
  readonly text: string;
  readonly spoken: string;
  readonly icons: readonly string[];
  readonly classes: readonly string[];
}

function lookOf({ text, spoken, icons, classes }: SeenItem): StatusItemLook {
  return {
    text: plainSpaces(text).trim(),
    spoken,
    icons: icons.map((names) => {
      const name = /codicon-(?!modifier)([\w-]+)/.exec(names)?.[1] ?? '';
      return names.includes('codicon-modifier-spin') ? `${name}~spin` : name;
    }),
    error: classes.includes('error-kind'),
    warning: classes.includes('warning-kind'),
  };
}

/** A script, because tsx would wrap the names of functions in a helper that the page does not have. */
function watchInPage(extensionId: string): string {
  return `(() => {
    if (window !== window.top) return;
    let before = '[]';
    const look = () => {
      const items = [...document.querySelectorAll('.statusbar-item[id^="${extensionId}."]')].map((node) => ({
        text: node.innerText,
        spoken: (node.querySelector('[aria-label]') ?? node).getAttribute('aria-label') ?? '',
        icons: [...node.querySelectorAll('.codicon')].map((icon) => icon.className),
        classes: [...node.classList],
      }));
      const now = JSON.stringify(items);
      if (now !== before) window.statusItemsLook(items);
      before = now;
    };
    const begin = () => {
      const bar = document.querySelector('.part.statusbar');
      if (!bar) return false;
      const all = { subtree: true, childList: true, characterData: true, attributes: true };
      new MutationObserver(look).observe(bar, all);
      look();
      return true;
    };
    if (begin()) return;
    new MutationObserver((_, observer) => begin() && observer.disconnect())
      .observe(document, { subtree: true, childList: true });
  })()`;
}

function matches(look: StatusItemLook, { text, ...rest }: WantedLook): boolean {
  const reads = text === undefined || (text instanceof RegExp ? text.test(look.text) : text === look.text);
  const same = ([key, value]: [string, unknown]): boolean =>
    JSON.stringify(look[key as keyof StatusItemLook]) === JSON.stringify(value);
  return reads && Object.entries(rest).every(same);
}

function describe(wanted: WantedLook): string {
  return JSON.stringify(wanted, (_, value: unknown) => (value instanceof RegExp ? String(value) : value));
}
