import type { Page } from 'playwright-core';
import { textsOf } from './text.mts';

/** Messages of the notifications on the screen, newest first. */
export async function toasts(page: Page): Promise<string[]> {
  return textsOf(page.locator('.notifications-toasts .notification-list-item-message'));
}

/** Waits for a notification that contains `text` and presses one of its buttons. */
export async function answerToast(page: Page, text: string, button: string): Promise<void> {
  const toast = page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  await toast.hover(); // the buttons may be drawn on hover only
  await toast.getByRole('button', { name: button, exact: true }).click();
}
