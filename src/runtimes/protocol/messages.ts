/**
 * The protocol between the supervisor and a process of a generation, the same for every runtime.
 * See README.md in this folder; `version` is the number that both sides compare.
 *
 * Newline-delimited JSON over a Unix socket that the process connects to. An unknown message is ignored,
 * a malformed line is reported, and neither ends a server.
 */
import type { DrainProgress, DrainResult } from '../../shared/model.ts';
import type { OpenRequests, RequestMarks } from '../../shared/told/requests.ts';
import type { Own, Standby } from './standby.ts';

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
  /** File to which its processes append what they do to files: journal.ts. */
  readonly journal?: string | undefined;
  /** Processes above it that take part, the nearest last. */
  readonly by?: readonly number[] | undefined;
  /** It was started by one that serves: it is to keep the journal, and no more. */
  readonly helps?: boolean | undefined;
  readonly standby?: Standby | undefined;
  /** File with JSON of path → path: what is read at the one is to be what is at the other. */
  readonly past?: string | undefined;
  /**
   * Variable → entry of that list of paths, or of options if it begins with `-`, by which a runtime's processes find what takes part in them. Others hide it
   * from their apps, and give it to what these start.
   */
  readonly entries?: Readonly<Record<string, string>> | undefined;
  /** A debugger comes: the process that runs the app opens a port for it, says so, and waits for it before the app. */
  readonly debugged?: boolean | undefined;
}

/** Where a debugger can be attached to a process. */
export interface Inspecting {
  readonly pid: number;
  /** On the loopback interface. */
  readonly port: number;
  /** It goes on when a debugger has let it (`Runtime.runIfWaitingForDebugger`, in Node's words). */
  readonly waits: boolean;
  /** A standby's: when it is let go, it waits once more, until it is released and let go again. */
  readonly ahead?: boolean | undefined;
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
export interface LoadedReport {
  /** Why this process can have no standby, if so. */
  readonly unfit?: string | undefined;
  readonly own: Own;
}

export type FromGeneration =
  | {
      readonly type: 'hello';
      readonly v: number;
      readonly token: string;
      readonly pid: number;
      /** `node v20.20.2`: the name by which the registry knows it, then whatever helps people. */
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
  /** `kept`: before anybody was let in, and it may listen there again. */
  | { readonly type: 'closed'; readonly key: string; readonly kept?: boolean | undefined }
  /** Answer to `hold`: no request that comes from now on is answered here. */
  | { readonly type: 'holding' }
  | { readonly type: 'held'; readonly requests: number }
  | { readonly type: 'accepting' }
  /** A client, for the first time. */
  | { readonly type: 'answered' }
  /**
   * `ms` after the app listened there came the first request that was answered below 500. `late`: it was answered with
   * more before (`seen`), or may have been, had it come earlier (`possible`). Said at the first good answer, and again
   * if something else turns out to be late.
   */
  | {
      readonly type: 'wasReady';
      readonly key: string;
      readonly ms: number;
      readonly late: 'no' | 'possible' | 'seen';
      /** Of a GET. */
      readonly path?: string | undefined;
    }
  /** What was remembered, if anything was. */
  | { readonly type: 'lastGet'; readonly key: string; readonly path: string }
  | ({ readonly type: 'stopped' } & DrainProgress)
  | { readonly type: 'resumed'; readonly ok: boolean }
  | ({ readonly type: 'draining' } & DrainProgress)
  /** Its time to drain is over, and it stays for requests that it passed on: said every second. */
  | { readonly type: 'passing' }
  | ({ readonly type: 'drained' } & DrainResult)
  /** Answer to `inspect`. */
  | ({ readonly type: 'inspecting' } & Inspecting)
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
  | ({ readonly type: 'modules'; readonly id: number } & LoadedReport)
  | ({ readonly type: 'requests'; readonly id: number } & OpenRequests)
  | ({ readonly type: 'marks'; readonly id?: number | undefined } & RequestMarks);

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
  /**
   * The next one is started when this one is gone: stop accepting, answer `stopped`, drain. Requests on connections
   * that are left are answered here, and are the last on them.
   */
  | { readonly type: 'vacate'; readonly drainMs: number }
  /** Something else than the supervisor ends it and starts the next one: after a signal, drain first. */
  | { readonly type: 'restarted'; readonly drainMs: number }
  /** From now on, remember what GET was answered last; `prepare` and `hold` ask for it. */
  | { readonly type: 'remember' }
  /** A debugger comes while it serves: open a port for it. */
  | { readonly type: 'inspect' }
  /** The successor was itself replaced. */
  | { readonly type: 'relay'; readonly successor: Doors }
  /** The successor died: accept again. */
  | { readonly type: 'resume' }
  /**
   * Leave, as after that signal; SIGTERM without one. `since`: when its successor started, ms since the epoch; what was
   * written since is the successor's, and stays.
   */
  | {
      readonly type: 'retire';
      readonly signal?: NodeJS.Signals | undefined;
      readonly since?: number | undefined;
    }
  /** Which files are loaded? The same in more detail, for the next standby. Which requests are open? Which came around swaps? */
  | { readonly type: 'files' | 'modules' | 'requests' | 'marks'; readonly id: number }
  /** End that one, as its client would: what the app has to say to it is of no use any more. */
  | { readonly type: 'cut'; readonly request: number };
