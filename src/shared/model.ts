/**
 * The words that the supervisor, its clients and their users share.
 *
 * Times are milliseconds since the epoch, durations milliseconds (fractions allowed), paths absolute.
 */
import type { DebugStatus } from './debugging/debug.ts';
import type { Failure } from './failure.ts';
import type { IgnoredReason } from './ignored.ts';
import type { StandbyNews, StandbyStatus } from './told/standby.ts';
import type { SwapSteps } from './told/steps.ts';

export type { StandbyCost, StandbyNews, StandbyStatus } from './told/standby.ts';

/** A listening socket that outlives generations, as a person would name it. */
export interface ListenerStatus {
  /** What the app asked for: `tcp:*:3000`, `tcp:127.0.0.1:0`, `unix:/run/x.sock`. */
  readonly key: string;
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly tls: boolean;
}

/** What a generation still holds while it drains. */
export interface DrainProgress {
  /** Responses on their way, event streams not counted. */
  readonly requests: number;
  readonly eventStreams: number;
  readonly webSockets: number;
  /** All open connections, idle ones too. */
  readonly connections: number;
}

/** What became of everything a generation held when it was replaced. */
export interface DrainResult {
  readonly finished: number;
  readonly eventStreams: number;
  readonly webSockets: number;
  readonly idle: number;
  /** Requests cut off by the drain deadline or a crash. */
  readonly lost: number;
}

export const noProgress: DrainProgress = { requests: 0, eventStreams: 0, webSockets: 0, connections: 0 };
export const noResult: DrainResult = { finished: 0, eventStreams: 0, webSockets: 0, idle: 0, lost: 0 };

/** What started a generation, as a sentence's beginning: `server.js saved`, `asked for`, `first start`. */
export interface Cause {
  readonly kind: 'start' | 'save' | 'disk' | 'command' | 'restart' | 'crash' | 'handDown' | 'front' | 'back';
  /** The files that changed; empty unless saved or changed on disk. */
  readonly files: readonly string[];
  /** When it happened; a swap's duration counts from here. */
  readonly at: number;
  /** Of `back`, and of what comes after it with the same code: the generation that first had it. */
  readonly codeOf?: number;
}

/** Somebody asks for it, now. */
export const byCommand = (): Cause => ({ kind: 'command', files: [], at: Date.now() });

/**
 * What a generation was before it was one: nothing, a process that had loaded nothing, one that had loaded its
 * dependencies, or one that had also run the app up to a file that was being worked on.
 */
export type Origin = 'cold' | 'spare' | 'standby' | 'ahead';

/** One thing that happened in a handoff; the log, `--json` and the timeline are made of these. */
export type HandoffEvent = { readonly server: string; readonly time: number } & (
  | {
      readonly event: 'starting';
      readonly generation: number;
      readonly pid: number;
      readonly cause: Cause;
      readonly replaces?: number;
      readonly origin: Origin;
      /** Why there was none to release, where one is wanted. */
      readonly noStandby?: string;
    }
  | {
      readonly event: 'listening';
      readonly generation: number;
      readonly listener: string;
      readonly port?: number;
      readonly adopted: boolean;
    }
  /** It ends before the next one starts, since only one may have what they need. */
  | { readonly event: 'vacating'; readonly generation: number; readonly cause: Cause }
  | { readonly event: 'holding'; readonly generation: number; readonly requests: number }
  | { readonly event: 'ready'; readonly generation: number; readonly bootMs: number; readonly held: number }
  | {
      readonly event: 'cutover';
      readonly from: number;
      readonly to: number;
      /** Between the old generation's last accept and the new one's first. */
      readonly gapMs: number;
    }
  | {
      readonly event: 'serving';
      readonly generation: number;
      readonly pid: number;
      readonly bootMs: number;
      /** From the cause to serving. */
      readonly swapMs: number;
      readonly listeners: readonly ListenerStatus[];
      /** Boot time of the last cold start of this server. */
      readonly coldBootMs: number;
      /** It waited as a standby: its boot was the app's own modules. */
      readonly standby: boolean;
    }
  | ({ readonly event: 'draining'; readonly generation: number } & DrainProgress)
  | ({
      readonly event: 'retired';
      readonly generation: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly drainMs: number;
      /** False for one that never served: replaced or failed while it booted. */
      readonly served: boolean;
    } & DrainResult)
  | ({
      readonly event: 'rolledBack';
      /** The generation that serves on; absent if none does. */
      readonly serving?: number;
      /** Held requests that went to it. */
      readonly released: number;
    } & Failure)
  /** It served. `comesBack`: the next generation is the same code; else it is the one that boots already. */
  | ({ readonly event: 'crashed'; readonly comesBack: boolean } & Failure)
  | { readonly event: 'replaced'; readonly generation: number; readonly by: number }
  | {
      readonly event: 'ignored';
      readonly file: string;
      readonly reason: IgnoredReason;
      readonly generation?: number;
    }
  | { readonly event: 'built'; readonly part: string; readonly buildMs: number }
  /** `serving`: the generation that serves on. */
  | ({ readonly event: 'buildFailed'; readonly serving?: number } & Failure)
  | { readonly event: 'stopped'; readonly exitCode: number | null; readonly requested: boolean }
  | { readonly event: 'listenerClosed'; readonly listener: string; readonly reason: string }
  | ({ readonly event: 'standby' } & StandbyNews)
  | { readonly event: 'notice'; readonly level: 'info' | 'warn'; readonly message: string }
);

type Unstamped<Event> = Event extends HandoffEvent ? Omit<Event, 'server' | 'time'> : never;
/** What happened, before it is said to which server and when. */
export type EventBody = Unstamped<HandoffEvent>;

export type HandoffEventName = HandoffEvent['event'];

/**
 * What the status bar shows. `stale`: newer code failed, an older generation serves. In `serving`, a failure is what
 * the generation before died of.
 */
export type ServerState = 'off' | 'starting' | 'serving' | 'swapping' | 'stale' | 'down' | 'stopping';

export interface GenerationStatus {
  readonly generation: number;
  readonly pid: number;
  /** When it began to serve. */
  readonly since: number;
  readonly bootMs: number;
  readonly swapMs: number;
  readonly steps?: SwapSteps;
  /** It runs the code of that earlier generation, and not what is on disk. */
  readonly codeOf?: number;
}

/** One that was replaced, and what it still holds. `since`: when it stopped accepting. */
export type DrainingStatus = DrainProgress & {
  readonly generation: number;
  readonly since: number;
  readonly pid?: number;
};

/** The printable state of one server, complete at every change. */
export interface ServerStatus {
  readonly name: string;
  readonly cwd: string;
  readonly command: string;
  readonly state: ServerState;
  readonly serving?: GenerationStatus;
  /** The generation that is booting. */
  readonly candidate?: number;
  /** Requests that wait for it. */
  readonly held: number;
  readonly draining: readonly DrainingStatus[];
  readonly listeners: readonly ListenerStatus[];
  readonly failure?: Failure;
  readonly coldBootMs?: number;
  /** How long after it listens it answers below 500, if that is late. */
  readonly lateMs?: number;
  readonly standby: StandbyStatus;
  /** How the server takes part, for the tooltip: `Node preload`. */
  readonly adapter: string;
  /** It serves as it would without us, for want of this (`Hot Swap's preload`): saves restart nothing. */
  readonly unmanaged?: string;
  /** A program of its command that restarts it by itself: saves are left to that. */
  readonly restartedBy?: string;
  /** What its dev command runs besides it. */
  readonly parts?: readonly PartStatus[];
  readonly debugging?: DebugStatus;
}

export type PartStatus =
  | { readonly kind: 'step'; readonly name: string }
  | { readonly kind: 'companion'; readonly name: string; readonly pid: number }
  | {
      readonly kind: 'builder';
      readonly name: string;
      readonly pid: number;
      readonly state: 'building' | 'whole' | 'failed';
    };

/** How an asked-for swap ended. */
export type SwapOutcome =
  | {
      readonly outcome: 'swapped';
      readonly generation: number;
      readonly swapMs: number;
      /** Nothing that this earlier generation had loaded has changed since it started. */
      readonly sameCodeAs?: number;
    }
  | { readonly outcome: 'rolledBack'; readonly failure: Failure; readonly serving?: number }
  | { readonly outcome: 'replaced'; readonly generation: number }
  | { readonly outcome: 'stopped' };

/** A piece of a server's output; `text` keeps its control sequences. */
export interface OutputChunk {
  readonly server: string;
  /** What it is of, if not of a generation; `generation` is 0 then. */
  readonly part?: string;
  readonly generation: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly time: number;
}
