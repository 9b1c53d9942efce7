/** Why a save swaps nothing: each reason is a rule and its sentence, here and nowhere else. */

/** What is known of a saved file; the answers are found out when they are asked for. */
export interface SavedFile {
  readonly file: string;
  /** The generation that serves does not take part. */
  isUnmanaged(): boolean;
  /** By the generation that serves, or it is watched for it. */
  isLoaded(): boolean;
  /** The watcher that Hot Swap replaces was told to ignore it. */
  isExcluded(): boolean;
  /** The server's own command restarts it for that. */
  isLeftToItsCommand(): boolean;
  /** A generation wrote it. */
  isData(): boolean;
  /** Its content is what a generation has, or has been asked to have. */
  isUnchanged(): boolean;
}

interface Reason {
  applies(saved: SavedFile): boolean;
  /** Ends `server.js saved, ignored: …`. `generation`: the one that serves, if any. */
  told(generation: number | undefined): string;
}

/** Asked in this order. */
const reasons = {
  unmanaged: {
    applies: (saved) => saved.isUnmanaged(),
    told: (generation) =>
      `gen ${String(generation)} runs without Hot Swap, and what it has loaded is not known; Swap Now ends it and starts it anew`,
  },
  notLoaded: {
    applies: (saved) => !saved.isLoaded(),
    told: (generation) =>
      generation === undefined
        ? 'no generation has loaded it'
        : `gen ${String(generation)} has not loaded it`,
  },
  excluded: {
    applies: (saved) => saved.isExcluded(),
    told: () => 'the watcher in its command is told to ignore it',
  },
  restartsItself: {
    applies: (saved) => saved.isLeftToItsCommand(),
    told: () => 'its own command restarts the server',
  },
  ownData: {
    applies: (saved) => saved.isData(),
    told: () => 'the server writes it itself, so it is its data',
  },
  unchanged: {
    applies: (saved) => saved.isUnchanged(),
    told: () => 'its content is unchanged',
  },
} satisfies Record<string, Reason>;

export type IgnoredReason = keyof typeof reasons;

const all = Object.entries(reasons) as [IgnoredReason, Reason][];

/** Undefined: it is worth a swap. */
export function whyIgnored(saved: SavedFile): IgnoredReason | undefined {
  return all.find(([, rule]) => rule.applies(saved))?.[0];
}

export function ignoredText(reason: IgnoredReason, generation: number | undefined): string {
  return reasons[reason].told(generation);
}
