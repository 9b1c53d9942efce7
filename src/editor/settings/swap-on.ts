/** Which saves swap; the table behind `hotSwap.swapOn`. */

export const swapOnModes = ['save', 'saveAndAutoSave', 'watch', 'manual'] as const;
export type SwapOn = (typeof swapOnModes)[number];

export type SaveKind = 'explicit' | 'auto';

/**
 * `tell`: the supervisor hears of it and swaps. `quiet`: it does not, and its own file watcher is told to leave
 * this change alone. `none`: whatever the file watcher makes of it.
 */
export type SaveRoute = 'tell' | 'quiet' | 'none';

const routes: Readonly<Record<SwapOn, Readonly<Record<SaveKind, SaveRoute>>>> = {
  save: { explicit: 'tell', auto: 'quiet' },
  saveAndAutoSave: { explicit: 'tell', auto: 'tell' },
  watch: { explicit: 'none', auto: 'none' },
  manual: { explicit: 'none', auto: 'none' },
};

export function routeSave(swapOn: SwapOn, kind: SaveKind): SaveRoute {
  return routes[swapOn][kind];
}

/** Whether changes on disk from outside the editor (git, generators) swap, too. */
export function watchesDisk(swapOn: SwapOn): boolean {
  return swapOn !== 'manual';
}

export interface SaveLooks {
  /** `files.autoSave` and `files.autoSaveDelay`. */
  readonly autoSave: string;
  readonly delayMs: number;
  /** Since the last change that was not saved before; undefined if there was none. */
  readonly sinceChangeMs: number | undefined;
  /** The file is in the active editor of the active window. */
  readonly inFront: boolean;
}

/** What a save was of which the editor has not said why. */
export function likelyKind({ autoSave, delayMs, sinceChangeMs, inFront }: SaveLooks): SaveKind {
  // The editor by itself never saves what has not changed.
  if (autoSave === 'off' || sinceChangeMs === undefined) return 'explicit';
  if (autoSave === 'afterDelay') return sinceChangeMs < delayMs ? 'explicit' : 'auto';
  return inFront ? 'explicit' : 'auto';
}
