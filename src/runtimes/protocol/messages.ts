/**
 * The protocol between the supervisor and a process of a generation, the same for every runtime.
 * See README.md in this folder; `version` is the number that both sides compare.
 *
 * Newline-delimited JSON over a Unix socket that the process connects to. An unknown message is ignored,
 * a malformed line is reported, and neither ends a server.
 */
import type { DrainProgress, DrainResult } from '../../shared/model.ts';

export const version = 1;

/** Name of the one environment variable; its value is an `Invitation` as JSON. */
export const invitationVariable = 'HOT_SWAP';

/** What a process needs to take part. */
export interface Invitation {
  readonly v: number;
  /** Unix socket of the supervisor. */
  readonly control: string;
  /** Proves that a process belongs to this generation. */
  readonly token: string;
  readonly generation: number;
  /** Folder for side doors, closed to other users. */
  readonly doors: string;
  /** Inherited descriptor to which new listening sockets are sent (Node's IPC framing), write-only. */
  readonly handles: number;
  /** Inherited listening sockets: key → descriptor in this process. */
  readonly listeners: Readonly<Record<string, number>>;
  /** Folder for what the runtime compiles, if it can keep that. */
  readonly compileCache?: string | undefined;
  readonly standby?: Standby | undefined;
}

/** What makes a process wait, warm, just before the app's own first module; see README.md, "Standby". */
export interface Standby {
  /** Inherited descriptor: the process says `StandbyReport` on it, and blocks until it reads a `StandbyRelease`. */
  readonly fd: number;
  /** Only the process whose main file and flags are these stands by; wrappers above it go on. */
  readonly main: string;
  readonly flags: readonly string[];
  /** When it loads what the plan says: before the main module's loader exists, or through it (ES modules). */
  readonly by: 'require' | 'import';
  /** File with a `StandbyPlan`. It is gone when somebody waits for the process. */
  readonly plan: string;
}

export interface StandbyPlan {
  /** Modules to load, in order: absolute paths for `require`, URLs for `import()`. */
  readonly modules: readonly string[];
  /** Variables that the app itself changes: whoever reads them while loading has to come after the app. */
  readonly variables: readonly string[];
  /** The app's folder: whoever reads its files while loading has to come after the app, too. */
  readonly folder: string;
  /** As the last generation had them when it served: where this process differs, something replaced them. */
  readonly functions: Readonly<Record<string, number>>;
  /** The main module is CommonJS, so `require.main` is to be known to what is loaded. */
  readonly commonJsMain: boolean;
  /** A TypeScript file that nobody has compiled yet, so that the runner's compiler is up before it is needed. */
  readonly warmUp?: string;
  /** Its predecessor answers until it is ready, and is to have the processors first. */
  readonly yields: boolean;
}

/** A module that does more while loading than to define things, and must come in the app's own order. */
export interface Offence {
  readonly module: string;
  /** `starts a timer`, `reads PORT`. */
  readonly does: string;
  /** What was loaded after it may look different because of it. */
  readonly affectsOthers: boolean;
}

export interface StandbyReport {
  readonly type: 'warm';
  readonly offences: readonly Offence[];
  /** Functions of Node that the app replaces before it loads something: nothing was loaded for it. */
  readonly replaced: readonly string[];
  /** How many modules are loaded. */
  readonly modules: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

export interface StandbyRelease {
  readonly type: 'go';
  readonly generation: number;
}

/** First line on a side door connection: who the request really comes from. */
export interface DoorPreface {
  readonly remoteAddress?: string | undefined;
  readonly remoteFamily?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** `h2` if HTTP/2 follows; else HTTP/1.1 does. */
  readonly alpn?: 'h2' | undefined;
}

/** Listener key → side door path. */
export type Doors = Readonly<Record<string, string>>;

/** What a process has loaded, so that its successor can load the same before it is needed. */
export interface ModuleGraph {
  readonly main: string;
  readonly flags: readonly string[];
  /** The Node executable. */
  readonly runtime: string;
  readonly commonJsMain: boolean;
  readonly by: 'require' | 'import';
  /** In the order in which they were first loaded. */
  readonly modules: readonly LoadedModule[];
  /** Names of variables that the app changed. */
  readonly variables: readonly string[];
  /** Functions of Node that instrumentation replaces → hash of their source: `http.request`. */
  readonly functions: Readonly<Record<string, number>>;
  /** Why this process can have no standby, if so. */
  readonly unfit?: string | undefined;
}

export interface LoadedModule {
  /** Absolute path of a CommonJS module, URL of an ES module or of what one imported. */
  readonly id: string;
  /** Indices in `modules` of what it loads, in order. */
  readonly needs: readonly number[];
}

export type FromGeneration =
  | {
      readonly type: 'hello';
      readonly v: number;
      readonly token: string;
      readonly pid: number;
      readonly runtime: string;
    }
  | {
      /** The app called listen: an inherited listener is gated until `accept`, a new one accepts already. */
      readonly type: 'listening';
      readonly key: string;
      readonly adopted: boolean;
      readonly door: string;
      readonly tls: boolean;
      readonly address?: string | undefined;
      readonly port?: number | undefined;
      readonly path?: string | undefined;
    }
  | {
      readonly type: 'listenFailed';
      readonly key: string;
      readonly code: string;
      readonly message: string;
      readonly port?: number | undefined;
    }
  | { readonly type: 'closed'; readonly key: string }
  /** Answer to `hold`: no request that comes from now on is answered here. */
  | { readonly type: 'holding' }
  | { readonly type: 'held'; readonly requests: number }
  | { readonly type: 'accepting' }
  /** What was remembered, if anything was. */
  | { readonly type: 'lastGet'; readonly path: string }
  | ({ readonly type: 'stopped' } & DrainProgress)
  | { readonly type: 'resumed'; readonly ok: boolean }
  | ({ readonly type: 'draining' } & DrainProgress)
  | ({ readonly type: 'drained' } & DrainResult)
  /** The adapter failed at something; the server itself goes on. */
  | { readonly type: 'trouble'; readonly message: string }
  | {
      readonly type: 'files';
      readonly id: number;
      readonly files: readonly string[];
      readonly complete: boolean;
      /** Files that it read while it booted, and does not write. */
      readonly reads?: readonly string[] | undefined;
      /** Changes when what is loaded from dependencies does; absent: no standby for this process. */
      readonly dependencies?: string | undefined;
    }
  | ({ readonly type: 'modules'; readonly id: number } & ModuleGraph);

export type ToGeneration =
  /** It left the processors to its predecessor, and is about to serve. */
  | { readonly type: 'first' }
  /** Accept on every gated listener, now and later. */
  | { readonly type: 'accept' }
  /** A successor stands ready or boots: a stop may come. `hold` says so, too. */
  | { readonly type: 'prepare' }
  /** New requests wait from now on. */
  | { readonly type: 'hold' }
  /** Held requests are answered by this generation after all. */
  | { readonly type: 'release' }
  /**
   * Stop accepting, answer `stopped`, hand new requests to the successor, drain. `canary`: one request may go to the
   * successor before that, and the others are answered here until its answer begins.
   */
  | { readonly type: 'stop'; readonly successor: Doors; readonly drainMs: number; readonly canary: boolean }
  /** From now on, remember what GET was answered last; `prepare` and `hold` ask for it. */
  | { readonly type: 'remember' }
  /** The successor was itself replaced. */
  | { readonly type: 'relay'; readonly successor: Doors }
  /** The successor died: accept again. */
  | { readonly type: 'resume' }
  /** Leave, as after a signal to terminate. */
  | { readonly type: 'retire' }
  /** Which files are loaded? */
  | { readonly type: 'files'; readonly id: number }
  /** The same in more detail, for the next standby. */
  | { readonly type: 'modules'; readonly id: number };
