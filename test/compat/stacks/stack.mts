/** A server of another stack than Node's, as its own tutorial writes it: what a row of that matrix is made of. */

/** Path in the folder → content. `{port}` stands for the row's port. */
export type Files = Readonly<Record<string, string>>;

export interface Stack {
  readonly name: string;
  /** Shown instead of the name. */
  readonly title?: string;
  /** Why it can't be tried here, with the command that would help; undefined if all is there. */
  readonly lacks: () => string | undefined | Promise<string | undefined>;
  /** A program and its arguments that print a version; the first number with a dot in it is taken. */
  readonly version: readonly string[];
  /** Answers `/` with `save-N`, and what `streams` says. */
  readonly files: (save: number) => Files;
  /** The file that is edited. */
  readonly edited: string;
  /** Its own dev command, as a person types it. */
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For `hot-swap run`. */
  readonly options?: readonly string[];
  /**
   * `/slow` is an answer of two seconds (its last piece is `end`), `/events` a stream of events. Servers that do one thing
   * at a time have neither.
   */
  readonly streams?: { readonly slow?: string; readonly events?: string };
  /** Behind the edited file, no server of this stack starts with it; absent where each request reads the files. */
  readonly breaks?: string;
  /** What Hot Swap does not promise of it: shown. */
  readonly notPromised?: string;
  /** How many requests may fail, or be stale, and why: of what there is no way. */
  readonly mayFail?: string;
  readonly mayBeStale?: string;
  /** It takes no time to try: `npm test -- all` does. */
  readonly ci?: true;
}

export const slowPath = '/slow';
export const eventsPath = '/events';
export const both = { slow: slowPath, events: eventsPath };

/** Of `text`, `{port}` filled in. */
export function filled(text: string, port: number): string {
  return text.replaceAll('{port}', String(port));
}
