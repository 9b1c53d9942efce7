/** What Node's standby needs said, in the protocol's fields that only this runtime reads (`Own`). */
import { fileURLToPath } from 'node:url';

/** Of a module by the name that Node has for it: a URL if it is an ES module. */
export function pathOf(id: string): string {
  return id.startsWith('file:') ? fileURLToPath(id) : id;
}

/** Files of modules that are compiled: of these, one that was not evaluated in the app's order may be forgotten. */
export const code = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** In an invitation's `standby`. */
export interface NodeStandby {
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
  /** Files that anybody may read: a change of one throws the standby away. */
  readonly consumed: readonly string[];
  /** As the last generation had them when it served: where this process differs, something replaced them. */
  readonly functions: Readonly<Record<string, number>>;
  /** The main module is CommonJS, so `require.main` is to be known to what is loaded. */
  readonly commonJsMain: boolean;
  /** A TypeScript file that nobody has compiled yet, so that the runner's compiler is up before it is needed. */
  readonly warmUp?: string;
  /** Names on `Reflect` once the app serves: who looks for one in vain has to come after the app brings it. */
  readonly reflect: readonly string[];
  /** Of `modules`, those that the app evaluates before any module of its own. */
  readonly beforeApp: readonly string[];
  /**
   * Paths, of `modules`: CommonJS that ES modules of the app import. It is required, so that the moment at which the app
   * comes to it is seen, and what it leaves behind is taken back until then.
   */
  readonly asked: readonly string[];
  /** Its predecessor answers until it is ready, and is to have the processors first. */
  readonly yields: boolean;
  /** Files (absolute paths) before which it waits, having run the app so far. Absent: it waits before the app. */
  readonly stops?: readonly string[] | undefined;
  /** With `stops`: what the last generation loaded. */
  readonly graph?: readonly LoadedModule[] | undefined;
  /** With `stops`: if nearly all of the app's modules can be evaluated apart, it waits before the first of them. */
  readonly apartFirst?: boolean | undefined;
}

export const nothingToLoad: StandbyPlan = {
  modules: [],
  variables: [],
  consumed: [],
  functions: {},
  reflect: [],
  beforeApp: [],
  asked: [],
  commonJsMain: false,
  yields: false,
};

/** A module that does more while loading than to define things, and must come in the app's own order. */
export interface Offence {
  readonly module: string;
  /** `starts a timer`, `reads PORT`. */
  readonly does: string;
  /** What was loaded after it may look different because of it. */
  readonly affectsOthers: boolean;
  /** It was imported; if it is required, what it does can be taken back until the app asks for it. */
  readonly canBeAsked?: true;
}

/** In a `StandbyReport`. */
export interface NodeStandbyReport {
  readonly offences: readonly Offence[];
  /** Functions of Node that the app replaces before it loads something: nothing was loaded for it. */
  readonly replaced: readonly string[];
}

/** In a `LoadedReport`. */
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
  /** Names on `Reflect`. */
  readonly reflect: readonly string[];
  /** Functions of Node that instrumentation replaces → hash of their source: `http.request`. */
  readonly functions: Readonly<Record<string, number>>;
}

export interface LoadedModule {
  /** A program began with it: whoever loads it ahead finds nothing to begin with. */
  readonly isMain?: true;
  /** Absolute path of a CommonJS module, URL of an ES module or of what one imported. */
  readonly id: string;
  /** Named by URL, since an ES module imports it, and CommonJS all the same. */
  readonly isCommonJs?: true;
  /** The user's own, wherever it lies. */
  readonly own: boolean;
  /** Indices in `modules` of what it loads, in order. */
  readonly needs: readonly number[];
}
