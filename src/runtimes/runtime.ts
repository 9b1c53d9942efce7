/**
 * All that the rest of the product may know of a language's runtime. A new one is a folder with one of these, and a
 * line in registry.ts; the processes themselves speak the protocol (protocol/README.md).
 */
import type { ServerSpec } from '../shared/spec.ts';
import type { LoadedReport } from './protocol/messages.ts';
import type { Own, StandbyReport } from './protocol/standby.ts';

/** How a server takes part in a handoff, the best way first. */
export type Participation =
  /** Something of ours in its processes speaks the protocol; the server is unmodified. */
  | 'adapter'
  /** It takes its listening sockets from systemd's variables. */
  | 'socketActivation'
  /** A signal makes it replace itself. */
  | 'ownSignal'
  /** The supervisor accepts, and forwards to it. */
  | 'front';

export interface Runtime {
  /** First word of the protocol's `hello.runtime`. */
  readonly name: string;
  readonly participation: Participation;
  /** What takes part and how, for the tooltip: `Node preload`. */
  readonly promise: string;
  readonly sources: Sources;
  readonly errors: Errors;
  /** Absent: its servers have no standby. One for each server. */
  readonly planner?: () => StandbyPlanner;

  /** Whether this program (`node`, `tsx`) runs its servers. */
  recognises(program: string): boolean;

  /**
   * Puts what its processes load into the supervisor's private folder: copies, since an update of the extension
   * removes those in `bundle`, from which the supervisor was started.
   */
  install(bundle: string, folder: string): void;

  /** Its processes can be shown earlier code than what is on disk (the protocol's `past`). */
  readonly showsPast: boolean;

  /**
   * The environment in which this runtime's processes take part, wherever in a command's process tree they are. Every
   * runtime of the registry has its say in every launch, since `npm run dev` may run anything.
   * `folder`: where it was installed; `standby`: what its planner prepared, if the process is to stand by.
   */
  equip(
    env: Readonly<Record<string, string>>,
    folder: string,
    standby?: Own,
  ): Readonly<Record<string, string>>;

  /** Which entries of lists of paths `equip` adds, by variable: apps of other runtimes are not to see them. */
  entries?(folder: string): Readonly<Record<string, string>>;
}

/** Which files make a server what it is. Paths are absolute. */
export interface Sources {
  /** Of packages: not the user's code. */
  isDependency(file: string): boolean;
  /** Globs relative to the server's folder of files that count as loaded although nobody reports them. */
  readonly conventional: readonly string[];
  /** Files that a command names to be read before its processes begin: `--env-file=x`. They may not be there. */
  namedIn(command: string | readonly string[], cwd: string): string[];
  /** The next generation may load it, though none has so far. */
  isCode(file: string): boolean;
  /** Of a kind that a process may load without saying so (the protocol's `complete: false`). */
  mayGoUnreported(file: string): boolean;
}

export interface ErrorLocation {
  /** `SyntaxError: Unexpected token '}'`, without a stack. */
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** What its processes print when they fail, and what users can do about it. */
export interface Errors {
  /** Undefined if nothing in `output` looks like an error. `root`: paths outside are not the user's code. */
  locate(output: string, root: string): ErrorLocation | undefined;
  /** Where one of the files that it was started for does not parse, if its language can be asked. Nothing is run. */
  check?(file: string, root: string): Promise<ErrorLocation | undefined>;
  /**
   * Where that which a process has loaded would not load again: a module of its own, changed since, that its next one
   * loads for certain and that does not compile. Nothing of it is run. Undefined: there is none, or nobody can tell.
   */
  refused?(asked: Reload, patience: AbortSignal): Promise<ErrorLocation | undefined>;
  /** A listen that failed, in a process that had no time to tell us. */
  failedListen(output: string): { readonly code: string; readonly port: number } | undefined;
  /** It did not listen in time: a question or a sentence. */
  readonly notReadyAdvice: string;
  /** It listens, but without us: what is missing (`Hot Swap's preload`), and what to do. */
  readonly uninvited: Missing;
  /** It listens, and takes part otherwise: what of its own stays with it. */
  readonly notHandedOver?: Missing;
}

export interface Reload {
  readonly spec: ServerSpec;
  readonly loaded: LoadedReport;
  /** When what is loaded may have been read, at the earliest (ms since the epoch). */
  readonly since: number;
  /** Where the runtime was installed. */
  readonly folder: string;
}

export interface Missing {
  readonly missing: string;
  readonly advice: string;
}

/** What a process that waits has loaded; `ahead`: its dependencies, and the app up to the files being worked on. */
export type Loads = 'ahead' | 'dependencies' | 'nothing';

/** Decides what one server's standbys load ahead, from what its generations loaded and its standbys found out. */
export interface StandbyPlanner {
  /** A generation serves, and has loaded this. */
  learn(report: LoadedReport): void;
  /** Every file whose change makes a standby another than a cold start would be. Empty before `learn`. */
  consumes(spec: ServerSpec, loads: Loads): string[];
  /**
   * Undefined before `learn`, and where it can't be done or would gain nothing. `hot`: files that are being worked on,
   * the latest first; only for `ahead`.
   */
  prepare(
    spec: ServerSpec,
    folder: string,
    loads: Loads,
    hot?: readonly string[],
  ): PreparedStandby | undefined;
  /** A standby is warm. */
  heard(report: StandbyReport): StandbyFindings;
}

export interface PreparedStandby {
  /** For the invitation and for `equip`. */
  readonly own: Own;
  /** Written into the folder for the process to read; to be removed once it is warm or has ended. */
  readonly files: readonly string[];
}

export interface StandbyFindings {
  /** False: it has loaded what it must not; the next one is prepared without that. */
  readonly clean: boolean;
  /** What is left to the app to load, and why, so far: `mongoose (starts a timer)`. */
  readonly leftOut: readonly string[];
}
