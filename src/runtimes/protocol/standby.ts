/** What a standby and the supervisor say to each other on a descriptor of their own: see README.md, "Standby". */

/** What makes a process wait, warm, just before the app's own first module; see README.md, "Standby". */
export interface Standby {
  /** Inherited descriptor: the process says `StandbyReport` on it, and blocks until it reads a `StandbyRelease`. */
  readonly fd: number;
  /** Which process is to wait, and with what in it. */
  readonly own: Own;
  /** A debugger comes while it waits, if it can be reached then; see README.md, "Debuggers". */
  readonly debugged?: boolean | undefined;
}

/**
 * What only one runtime understands, as JSON. The supervisor hands it through unread, between a process and that
 * runtime's part of the supervisor (`runtime.ts`).
 */
export type Own = unknown;

export interface StandbyReport {
  readonly type: 'warm';
  /** How many modules are loaded. */
  readonly modules: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  /** What it found out while it loaded them. */
  readonly own: Own;
  /** Only of one that has run modules of the app's own. */
  readonly ahead?: RanAhead | undefined;
}

/** What a standby has used that ran the app's own modules, by absolute path: were it to change, it would be another. */
export interface RanAhead {
  /** Files, of the app and of others. */
  readonly read: readonly string[];
  /** Folders of which it was looked what is in them. */
  readonly listed: readonly string[];
  /** Paths of which it was looked whether they are there. */
  readonly asked: readonly string[];
  /** Before what it waits: `reads routes/users.js`, `starts a timer`. */
  readonly before: string;
  /** Modules of what comes after that, loaded where nobody sees them yet. */
  readonly apart?: number | undefined;
  /** Of `read`, files of modules that it has not evaluated, and can forget: it is told at its release which have changed. */
  readonly forgettable?: readonly string[] | undefined;
}

export interface StandbyRelease {
  readonly type: 'go';
  readonly generation: number;
  /** As in an invitation. */
  readonly debugged?: boolean | undefined;
  readonly past?: string | undefined;
  /** Of what is `forgettable`: has changed meanwhile. */
  readonly changed?: readonly string[] | undefined;
}
