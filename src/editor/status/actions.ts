/** What can be done with a server; for the status bar's tooltip and its pick. Which in which state: states.ts. */
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
  debug: 'hotSwap.debug',
  back: 'hotSwap.back',
  cut: 'hotSwap.cutRequest',
  showTimeline: 'hotSwap.showTimeline',
  showGenerations: 'hotSwap.showGenerations',
} as const;

export interface Action {
  readonly command: (typeof commandIds)[keyof typeof commandIds];
  readonly title: string;
  readonly icon: string;
  /** Whether it makes sense with that server; without it, it always does. */
  readonly when?: (status: ServerStatus) => boolean;
}

const swap: Action = { command: commandIds.swap, title: 'Swap Now', icon: 'arrow-swap' };

export const actions = {
  swap,
  tryAgain: { ...swap, title: 'Try Again' },
  goToError: {
    command: commandIds.goToError,
    title: 'Go to Error',
    icon: 'go-to-file',
    when: ({ failure }) => failure?.file !== undefined,
  },
  showLog: { command: commandIds.showLog, title: 'Show Handoff Log', icon: 'list-flat' },
  showOutput: { command: commandIds.showOutput, title: 'Show Output', icon: 'terminal' },
  openInBrowser: {
    command: commandIds.openInBrowser,
    title: 'Open in Browser',
    icon: 'globe',
    when: ({ listeners }) => listeners.some(({ port }) => port !== undefined),
  },
  debug: {
    command: commandIds.debug,
    title: 'Debug',
    icon: 'debug-alt',
    when: ({ debugging, unmanaged, adapter }) =>
      debugging === undefined && unmanaged === undefined && adapter.startsWith('Node'),
  },
  back: { command: commandIds.back, title: 'Back One Generation', icon: 'discard' },
  restart: { command: commandIds.restart, title: 'Restart (cold)', icon: 'debug-restart' },
  stop: { command: commandIds.stop, title: 'Stop', icon: 'debug-stop' },
  start: { command: commandIds.start, title: 'Start Server', icon: 'play' },
  select: { command: commandIds.select, title: 'Select Server…', icon: 'server' },
} satisfies Readonly<Record<string, Action>>;
