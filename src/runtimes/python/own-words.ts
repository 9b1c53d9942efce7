/** What Python's standby needs said, in the protocol's fields that only this runtime reads (`Own`). */

/** In an invitation's `standby`: only the process that was started with these words stands by. */
export interface PythonStandby {
  readonly argv: readonly string[];
  readonly executable: string;
  /** File with a `PythonPlan`. It is gone when somebody waits for the process. */
  readonly plan: string;
}

export interface PythonPlan {
  /** Names of modules to import, in order. */
  readonly modules: readonly string[];
  /** Modules that are left to the app, and all that would load them. */
  readonly leftOut: readonly string[];
  /** Variables that the app itself changes: who reads them while it loads comes after the app. */
  readonly variables: readonly string[];
  readonly shared: PythonGraph['shared'];
  readonly replaced: readonly string[];
}

/** In a `LoadedReport`: adapter/hot_swap_adapter/standby/report.py. */
export interface PythonGraph {
  /** `sys.orig_argv`. */
  readonly argv: readonly string[];
  readonly executable: string;
  readonly prefix: string;
  /** Names of modules that are Python's or a package's, in the order in which they were first loaded. */
  readonly modules: readonly string[];
  /** Files of packages. */
  readonly files: readonly string[];
  /** Where packages are installed. */
  readonly folders: readonly string[];
  /** Names of variables that the app changed. */
  readonly variables: readonly string[];
  /** What modules change of the process beside themselves, by kind: standby/state.py. */
  readonly shared: Readonly<Record<string, readonly string[]>>;
  /** Functions and classes of Python's own that somebody replaced: `socket.socket`. */
  readonly replaced: readonly string[];
}

/** In a `StandbyReport`. */
export interface PythonStandbyReport {
  /** Module → what it does. */
  readonly offences: Readonly<Record<string, string>>;
  /** Modules that lead to those. */
  readonly leading: readonly string[];
  /** Files that they have read while they loaded. */
  readonly read: readonly string[];
  /** What speaks against loading any package before the app: `the app replaces socket.socket`. */
  readonly against: readonly string[];
}
