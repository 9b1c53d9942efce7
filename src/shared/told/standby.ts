/** What is told of the process that waits to be the next generation. */

/** What became of the process that waits to be the next generation. */
export type StandbyNews =
  | { readonly state: 'warming' }
  | ({ readonly state: 'warm'; readonly pid: number; readonly warmMs: number } & StandbyCost)
  /** One more has run the app's own modules, too, and waits before something (`before`: `reads routes/users.js`). */
  | ({
      readonly state: 'ahead';
      readonly pid: number;
      readonly warmMs: number;
      readonly before: string;
    } & Omit<StandbyCost, 'leftOut'>)
  | { readonly state: 'dropped'; readonly why: string };

export interface StandbyCost {
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Files of modules that are loaded: of dependencies, and of the app that is run ahead. */
  readonly modules: number;
  /** Why the app's own order is kept for some: `mongoose (starts a timer)`. */
  readonly leftOut: readonly string[];
}

/** `off`: there is none, and `why`. */
export type StandbyStatus =
  | { readonly state: 'off'; readonly why: string }
  | { readonly state: 'warming' }
  | ({
      readonly state: 'warm';
      /** Resident memory in bytes of the processes that wait besides it: run ahead, or in case it is not warm in time. */
      readonly spareMemory: number;
    } & StandbyCost);
