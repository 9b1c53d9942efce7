/** What makes sense to do with a server now, the likeliest first; for the status bar's tooltip and its pick. */
import type { ServerStatus } from '../../shared/model.ts';

/** Commands of the palette have titles in package.json, too; the others are only reached from the status bar. */
export const commandIds = {
  swap: 'hotSwap.swap',
  start: 'hotSwap.start',
  stop: 'hotSwap.stop',
  restart: 'hotSwap.restart',
  showLog: 'hotSwap.showHandoffLog',
  showOutput: 'hotSwap.showOutput',
  openInBrowser: 'hotSwap.openInBrowser',
  select: 'hotSwap.selectServer',
  showActions: 'hotSwap.showActions',
  goToError: 'hotSwap.goToError',
} as const;

export interface Action {
  readonly command: (typeof commandIds)[keyof typeof commandIds];
  readonly title: string;
  readonly icon: string;
}

const swap: Action = { command: commandIds.swap, title: 'Swap Now', icon: 'arrow-swap' };
const tryAgain: Action = { ...swap, title: 'Try Again' };
const goToError: Action = { command: commandIds.goToError, title: 'Go to Error', icon: 'go-to-file' };
const showLog: Action = { command: commandIds.showLog, title: 'Show Handoff Log', icon: 'list-flat' };
const showOutput: Action = { command: commandIds.showOutput, title: 'Show Output', icon: 'terminal' };
const openInBrowser: Action = { command: commandIds.openInBrowser, title: 'Open in Browser', icon: 'globe' };
const restart: Action = { command: commandIds.restart, title: 'Restart (cold)', icon: 'debug-restart' };
const stop: Action = { command: commandIds.stop, title: 'Stop', icon: 'debug-stop' };
const start: Action = { command: commandIds.start, title: 'Start Server', icon: 'play' };
const select: Action = { command: commandIds.select, title: 'Select Server…', icon: 'server' };

/** @param status undefined: no server runs */
export function sensibleActions(status: ServerStatus | undefined): readonly Action[] {
  const error = status?.failure?.file === undefined ? [] : [goToError];
  const browse = status?.listeners.some(({ port }) => port !== undefined) === true ? [openInBrowser] : [];
  switch (status?.state) {
    case undefined:
    case 'off':
      return [start, select, showLog];
    case 'serving':
      return [...error, swap, showLog, showOutput, ...browse, restart, stop];
    case 'stale':
      return [...error, swap, showOutput, showLog, ...browse, restart, stop];
    case 'down':
      return [...error, tryAgain, showOutput, showLog, restart, stop];
    case 'starting':
    case 'swapping':
      return [showOutput, showLog, ...browse, stop];
    case 'stopping':
      return [showOutput, showLog];
  }
}
