import type { Locator } from 'playwright-core';

/** Monaco and xterm draw spaces as non-breaking ones. */
export const plainSpaces = (text: string): string => text.replaceAll('\u00a0', ' ');

/** Text of each matching element, in one look: lists are redrawn while one walks through them. */
export async function textsOf(locator: Locator): Promise<string[]> {
  return (await locator.allInnerTexts()).map((text) => plainSpaces(text).replace(/\s+/g, ' ').trim());
}

/** The result of `read` once two looks in a row agree: lists of the workbench fill bit by bit. */
export async function settled<T>(read: () => Promise<T>, quietMs = 250): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (let before: T | undefined; ;) {
    const now = await read();
    if (JSON.stringify(now) === JSON.stringify(before) || Date.now() > deadline) return now;
    before = now;
    await new Promise((done) => setTimeout(done, quietMs));
  }
}

/** The part of the DOM we touch: adding its types to the project would give `window` to the Node code too. */
export interface DomNode {
  innerText: string;
  className: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): DomNode | null;
  querySelectorAll(selector: string): ArrayLike<DomNode>;
}
