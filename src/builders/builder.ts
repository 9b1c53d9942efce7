/**
 * All that the rest of the product may know of a build tool. A new one is a record in `tools.ts`: how it is recognised
 * in a command, and what its output says of a build.
 */

/** What a command line does with a build tool. */
export interface BuilderRun {
  /** It goes on, and builds again when a source changes. */
  readonly watches: boolean;
  /** False for one that only checks: nothing waits for it. */
  readonly writes: boolean;
  /** A command line that it runs after each good build, where it does. */
  readonly onSuccess?: string;
  /** The words without that. */
  readonly words: readonly string[];
}

export interface Builder {
  /** What its output is labelled with. */
  readonly name: string;
  /** `args`: what follows the program's name. Undefined if these words do something else. */
  run(args: readonly string[]): Omit<BuilderRun, 'words'> & { readonly without?: readonly string[] };
  readonly says: Says;
}

/** Lines of its output, without control sequences. */
export interface Says {
  /** A build begins, before anything is written; absent where it says nothing. */
  readonly begins?: RegExp;
  /** A build is over: whole, unless an error was printed since it began. */
  readonly ends?: RegExp;
  /** It has failed, and `ends` will not come. */
  readonly fails?: RegExp;
  /** It goes over what another one has written, once that is done. */
  readonly follows?: true;
  /** It builds several things beside each other, each with a beginning and an end. */
  readonly several?: true;
}

/** Where a build failed; the file as the tool names it. Lines and columns from 1. */
export interface BuildProblem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
