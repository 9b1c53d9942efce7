/** A server that was found, and could be run. */
export interface Candidate {
  /** Of the package, or of its folder. Several candidates of one package share it. */
  readonly name: string;
  readonly command: string;
  /** Absolute. */
  readonly cwd: string;
  /** Where it was found, for a pick's second line: `script in package.json`. */
  readonly found: string;
  /** On top of the environment; null removes a variable. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** Absolute. */
  readonly envFile?: string;
}
