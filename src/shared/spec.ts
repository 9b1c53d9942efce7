/** What a client asks the supervisor to run. Durations are milliseconds, paths absolute. */

/** What new requests meet from the save until the new generation is ready: they wait, or get older code. */
export type DuringBoot = 'hold' | 'serveOld';

/**
 * How a server takes part: something of ours in its processes (`adapter`), sockets as systemd gives them (`listen-fds`),
 * its own upgrade (`nginx`), or the supervisor in front of it (`front`).
 */
export const ways = ['adapter', 'listen-fds', 'nginx', 'front'] as const;
export type WayName = (typeof ways)[number];

/** One configured dev server: what a client asks the supervisor to run. */
export interface ServerSpec {
  /** Unique in its workspace and stable across sessions; what commands and settings call it. */
  readonly name: string;
  /** Argument vector, or one line for the shell as in package.json's scripts. */
  readonly command: string | readonly string[];
  readonly cwd: string;
  /** The server's whole environment, not a difference. */
  readonly env: Readonly<Record<string, string>>;
  /** HTTP path that must answer with a status below 500 before the cutover. */
  readonly probe?: string;
  /** HTTP paths that are asked for once (GET) before the cutover, whatever the answer; or `lastGet`. */
  readonly warmUp: readonly string[];
  readonly readyTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly duringBoot: DuringBoot;
  /** False: only one generation may be up at a time; the old one ends before the new one starts. */
  readonly overlap: boolean;
  /** Globs relative to cwd of files that count as loaded although no runtime reports them. */
  readonly watch: readonly string[];
  /** What its watcher was told, in whose place Hot Swap is. */
  readonly watcher?: WatcherGlobs;
  /** True: a change on disk of a loaded file swaps. False: only `saved` and `swap` do. */
  readonly watchDisk: boolean;
  /** The next generation is prepared in the background: started, its dependencies loaded. */
  readonly standby: boolean;
  /** Packages that a standby leaves for the app to load, besides those that it finds by itself. */
  readonly standbyExcept: readonly string[];
  /** What else the dev command runs; absent if nothing. */
  readonly pipeline?: Pipeline;
  /** Absent: the first that fits, as far as its command tells. */
  readonly way?: WayName;
  /** Where clients look for it, behind a front; absent: what PORT in its environment says, or its command. */
  readonly port?: number;
  /** What it is given with `listen-fds`, in this order: `8080`, `127.0.0.1:8080`, `/run/x.sock`, each perhaps after `name=`. */
  readonly listen?: readonly string[];
}

/** Relative to the server's cwd. */
export interface WatcherGlobs {
  /** They count as loaded, unless the server writes them. */
  readonly watch: readonly string[];
  /** They count as nothing. */
  readonly ignore: readonly string[];
}

/** What belongs to a dev command besides its server, and has no generations. */
export interface PartSpec {
  /** Unique in its pipeline; its output is labelled with it. */
  readonly name: string;
  readonly command: string | readonly string[];
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs to its end: at the first start, and before a swap if what it reads was saved. */
export interface StepSpec extends PartSpec {
  /** Globs relative to its cwd. Empty: it runs again only with the others of its row. */
  readonly reads: readonly string[];
}

/** Watches and writes what the server loads; lives across generations. */
export interface BuilderSpec extends PartSpec {
  /** Name of the build tool, by which its output is understood. */
  readonly tool: string;
  /** What it writes in spite of errors is run: the command does not wait for a good build. */
  readonly lenient?: true;
}

/** A dev command taken apart, without its server. In this order it is started. */
export interface Pipeline {
  readonly steps: readonly StepSpec[];
  readonly builders: readonly BuilderSpec[];
  /** Started once, left alone. */
  readonly companions: readonly PartSpec[];
  /** Steps that come after the first build. */
  readonly last: readonly StepSpec[];
}

/** In place of a path: that of the GET which the generation before has answered last. */
export const lastGet = 'last';

export function isWarmUp(word: string): boolean {
  return word.startsWith('/') || word === lastGet;
}

export const specDefaults = {
  readyTimeoutMs: 30_000,
  drainTimeoutMs: 10_000,
  duringBoot: 'hold',
  warmUp: [] as readonly string[],
  overlap: true,
  watch: [] as readonly string[],
  watchDisk: true,
  standby: true,
  standbyExcept: [] as readonly string[],
} as const;

/** Whoever stood by leaves the processors to its predecessor, if that answers until it is ready. */
export function standbyYields({ duringBoot }: Pick<ServerSpec, 'duringBoot'>): boolean {
  return duringBoot === 'serveOld';
}
