/** What the status bar says about a server, in every state. No vscode here: see status-bar.ts. */
import type { ServerStatus } from '../../shared/model.ts';
import { stateOf } from './states.ts';

export interface Indicator {
  /** With `$(icon)`s. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** True for what a user must see: newer code failed, or nothing serves. */
  readonly alarming: boolean;
}

export const offIndicator: Indicator = {
  text: '$(circle-outline) Hot Swap',
  label: 'Hot Swap: no server running',
  alarming: false,
};

/** @param named whether the text begins with the server's name; the label always does */
export function indicate(status: ServerStatus, named: boolean): Indicator {
  const state = stateOf(status);
  if (state === undefined) return offIndicator;
  return {
    text: `$(${state.icon}) ${named ? `${status.name} ` : ''}${state.text(status)}`,
    label: `${status.name}: ${state.label(status)}`,
    alarming: state.alarming === true,
  };
}
