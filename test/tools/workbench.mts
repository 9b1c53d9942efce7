/**
 * Hands and eyes on a VS Code workbench under Playwright. Everything goes through what a user has: keys, the palette,
 * what is drawn and what a screen reader is told.
 */
export * from './workbench/editing.mts';
export * from './workbench/notifications.mts';
export * from './workbench/panels.mts';
export * from './workbench/quick-input.mts';
export * from './workbench/status-bar.mts';
export * from './workbench/window.mts';
