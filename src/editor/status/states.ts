/**
 * Every state that the status bar can show of a running server: what it looks like, what it says, what can be done. A new
 * one is a record here. No vscode: see status-bar.ts.
 */
import type { ServerState, ServerStatus } from '../../shared/model.ts';
import { actions, type Action } from './actions.ts';
import { genText, generation, number, ports, shortPorts } from './words.ts';

export interface StatusBarState {
  readonly icon: string;
  /** After the server's name, if that is shown. */
  text(status: ServerStatus): string;
  /** What a screen reader says after the server's name. */
  label(status: ServerStatus): string;
  /** A user must see it: newer code failed, or nothing serves. */
  readonly alarming?: true;
  /** A swap that begins in it is shown only if it lasts. */
  readonly calm?: true;
  /** The likeliest first; those that make no sense with this server are left out (`Action.when`). */
  readonly actions: readonly Action[];
}

const {
  goToError,
  swap,
  tryAgain,
  back,
  showLog,
  showOutput,
  openInBrowser,
  debug,
  restart,
  stop,
  start,
  select,
} = actions;
const whileServing = [goToError, swap, showLog, showOutput, openInBrowser, debug, back, restart, stop];
const whileBooting = [showOutput, showLog, openInBrowser, stop];

/** What the supervisor calls it, where nothing below says more. */
const plain: Readonly<Record<Exclude<ServerState, 'off'>, StatusBarState>> = {
  starting: {
    icon: 'sync~spin',
    text: ({ candidate }) => genText(candidate),
    label: ({ candidate }) => `starting ${generation(candidate)}`,
    actions: whileBooting,
  },
  serving: {
    icon: 'arrow-swap',
    text: (status) => `${servingText(status)}${shortPorts(status)}`,
    label: (status) => `${servingLabel(status)} serving${ports(status, ' on ')}`,
    calm: true,
    actions: whileServing,
  },
  swapping: {
    icon: 'sync~spin',
    text: ({ serving, candidate }) => `${genText(serving?.generation)} → ${number(candidate)}`,
    label: ({ serving, candidate }) => `swapping ${generation(serving?.generation)} for ${number(candidate)}`,
    actions: whileBooting,
  },
  stale: {
    icon: 'warning',
    text: ({ serving, failure }) => `${genText(serving?.generation)} (${number(failure?.generation)} failed)`,
    label: ({ serving, failure }) =>
      `${generation(failure?.generation)} failed to start, ${generation(serving?.generation)} still serves older code`,
    alarming: true,
    calm: true,
    actions: [goToError, swap, showOutput, showLog, openInBrowser, back, restart, stop],
  },
  down: {
    icon: 'error',
    text: (status) => (status.listeners.length > 0 ? `down, holding${shortPorts(status)}` : 'down'),
    label: (status) => {
      const waiting = status.listeners.length > 0 ? `; connections${ports(status, ' to ')} wait` : '';
      return `no generation can serve${waiting}`;
    },
    alarming: true,
    actions: [goToError, tryAgain, back, showOutput, showLog, restart, stop],
  },
  stopping: {
    icon: 'sync~spin',
    text: () => 'stopping',
    label: () => 'stopping',
    actions: [showOutput, showLog],
  },
};

/** States that a fact makes of another one; the first that is true is shown. */
const special: readonly (StatusBarState & { isTrue(status: ServerStatus): boolean })[] = [
  {
    isTrue: ({ debugging }) => debugging?.pending === true,
    icon: 'debug-pause',
    text: (status) => pausedText(status, genText),
    label: (status) => pausedText(status, generation),
    actions: [swap, showLog, showOutput, openInBrowser, stop],
  },
  {
    isTrue: ({ state, failure }) => state === 'serving' && failure !== undefined,
    icon: 'warning',
    text: (status) =>
      `${genText(status.serving?.generation)} (${number(status.failure?.generation)} crashed)${shortPorts(status)}`,
    label: (status) =>
      `${plain.serving.label(status)} after ${generation(status.failure?.generation)} crashed`,
    calm: true,
    actions: whileServing,
  },
  {
    isTrue: ({ state, unmanaged }) => state === 'serving' && unmanaged !== undefined,
    icon: 'debug-disconnect',
    text: (status) => `runs by itself${shortPorts(status)}`,
    label: (status) => `running by itself${ports(status, ' on ')}, saves restart nothing`,
    actions: whileServing,
  },
  {
    isTrue: ({ state, candidate }) => state === 'starting' && candidate === undefined,
    icon: 'sync~spin',
    text: () => 'building',
    label: () => 'building what is to be started',
    actions: whileBooting,
  },
  {
    isTrue: ({ state, failure }) => state === 'stale' && failure?.reason === 'buildFailed',
    ...plain.stale,
    text: ({ serving }) => `${genText(serving?.generation)} (build failed)`,
    label: ({ serving }) => `the build failed, ${generation(serving?.generation)} still serves older code`,
  },
  {
    isTrue: ({ state, failure }) => state === 'down' && failure?.reason === 'buildFailed',
    ...plain.down,
    text: (status) => `build failed${status.listeners.length > 0 ? `, holding${shortPorts(status)}` : ''}`,
    label: (status) => `the build failed, ${plain.down.label(status)}`,
  },
];

function pausedText({ debugging }: ServerStatus, name: (generation: number | undefined) => string): string {
  return `paused in ${name(debugging?.paused[0])}: the swap follows when you continue`;
}

/** `gen 9 (code of gen 7)` */
function servingText({ serving }: ServerStatus): string {
  const code = serving?.codeOf;
  return genText(serving?.generation) + (code === undefined ? '' : ` (code of ${genText(code)})`);
}

function servingLabel({ serving }: ServerStatus): string {
  const code = serving?.codeOf;
  return (
    generation(serving?.generation) + (code === undefined ? '' : `, with the code of ${generation(code)},`)
  );
}

/** Undefined: it is off. */
export function stateOf(status: ServerStatus): StatusBarState | undefined {
  const { state } = status;
  return state === 'off' ? undefined : (special.find((one) => one.isTrue(status)) ?? plain[state]);
}

/** What makes sense to do with a server now, the likeliest first. @param status undefined: no server runs */
export function sensibleActions(status: ServerStatus | undefined): readonly Action[] {
  const state = status === undefined ? undefined : stateOf(status);
  if (status === undefined || state === undefined) return [start, select, showLog];
  return state.actions.filter(({ when }) => when?.(status) !== false);
}
