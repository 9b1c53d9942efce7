/**
 * The contract between the supervisor and its clients (editor, CLI): JSON-RPC 2.0 by vscode-jsonrpc over a
 * Unix socket, or a named pipe on Windows. The first request must be `hello`.
 */
import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { Inspectable } from './debugging/debug.ts';
import type { Cause, HandoffEvent, OutputChunk, ServerStatus, SwapOutcome } from './model.ts';
import type { ServerSpec } from './spec.ts';
import type { GenerationMarks, GenerationRequests } from './told/requests.ts';

/** Grows when an older client could not talk to a newer supervisor. */
export const protocolVersion = 1;

export const editor = 'editor';

export interface HelloParams {
  readonly protocol: number;
  /** `editor`: speaks for the files that it has open, and is asked of them. */
  readonly client: string;
}

export interface HelloResult {
  readonly protocol: number;
  readonly pid: number;
  readonly workspace: string;
  readonly servers: readonly ServerStatus[];
}

export interface ServerParams {
  readonly server: string;
}

export interface StopParams extends ServerParams {
  /** What its processes see: SIGTERM without one; SIGKILL asks nobody. */
  readonly signal?: NodeJS.Signals | undefined;
}

export interface SwapParams extends ServerParams {
  readonly cause: Cause;
}

export interface SavedParams {
  /** Absolute paths, saved together. */
  readonly files: readonly string[];
  /** When the save happened (ms since the epoch), so that the log counts from there. */
  readonly time: number;
}

export interface UnsavedParams {
  /** Absolute paths. */
  readonly files: readonly string[];
}

export interface WorkingParams {
  /** Absolute paths of files with unsaved changes, the latest first. */
  readonly changed: readonly string[];
  /** Of those that are in view, the one in front first. */
  readonly open: readonly string[];
}

export interface RecentResult {
  readonly events: readonly HandoffEvent[];
  readonly output: readonly OutputChunk[];
}

/** Error codes of our own, outside the range that JSON-RPC keeps for itself. */
export const errorCodes = { otherVersion: 1, helloFirst: 2, unknownServer: 3, failed: 4 } as const;

export const hello = new RequestType<HelloParams, HelloResult, void>('hello');
/** Defines or redefines a server without starting it; a running one keeps its command until its next cold start. */
export const define = new RequestType<ServerSpec, void, void>('server/define');
/** Starts a defined server; answers when it serves or has failed. Already running: answers its generation. */
export const start = new RequestType<ServerParams, SwapOutcome, void>('server/start');
/** Swaps now whatever changed; starts the server if it is off. Answers with the outcome. */
export const swap = new RequestType<SwapParams, SwapOutcome, void>('server/swap');
/** Answers when no process of it is left. */
export const stop = new RequestType<StopParams, void, void>('server/stop');
/** Stops, closes the listeners, and starts afresh. */
export const restart = new RequestType<ServerParams, SwapOutcome, void>('server/restart');
/** Answers when the code on disk is what answers (swapped), can't (rolled back), or nothing runs any more. */
export const wait = new RequestType<ServerParams, SwapOutcome, void>('server/wait');
/** Serves the code before the present one, while the files stay as they are. Fails with why it can't. */
export const back = new RequestType<ServerParams, SwapOutcome, void>('server/back');
/** Files were saved: every server that loaded one of them swaps; the others say that they ignore it. */
export const saved = new NotificationType<SavedParams>('files/saved');
/**
 * A client has written these files, or is about to, and decides itself what follows: `saved`, `swap`, or (auto save)
 * nothing. Their change on disk until now and within the next seconds is no reason to swap.
 */
export const writing = new NotificationType<SavedParams>('files/writing');
/**
 * All files that this client has unsaved changes of: it will write them some time, and may not be able to say so
 * before it has. Their changes on disk wait until it has said `writing`, or has them unsaved no more.
 */
export const unsaved = new NotificationType<UnsavedParams>('files/unsaved');
/**
 * Which of the server's files are being worked on in this client, whatever becomes of it: what waits for the next save
 * is prepared for one of these.
 */
export const working = new NotificationType<WorkingParams>('files/working');
/**
 * Asked of editors: they answer when they have said all that they know of these files until now. A busy one hears
 * of what was typed and saved long after it is on disk.
 */
export const heard = new RequestType<UnsavedParams, void, void>('files/heard');
export const status = new RequestType0<readonly ServerStatus[], void>('status');
/** What a client that attaches late needs to show the past: recent events and output of one server. */
export const recent = new RequestType<ServerParams, RecentResult, void>('server/recent');
/** Requests around its last swaps, for a picture of them. */
export const marks = new RequestType<ServerParams, readonly GenerationMarks[], void>('server/marks');
/** What its generations still have to answer: for who looks, since each of them is asked. */
export const requests = new RequestType<ServerParams, readonly GenerationRequests[], void>('server/requests');
/** Ends one of those, as its client would. */
export const cut = new NotificationType<
  ServerParams & { readonly generation: number; readonly request: number }
>('server/cut');
/** `isLast`: there is no more to come. */
export const input = new NotificationType<
  ServerParams & { readonly text: string; readonly isLast?: boolean }
>('server/input');
/**
 * From now on this client attaches a debugger to each process of which `inspecting` tells, and says `attached`; until
 * then those wait before their first line. Off with `on: false`, and when the client leaves.
 */
export const debug = new RequestType<ServerParams & { readonly on: boolean }, void, void>('server/debug');
/** A debugger is there, or (`isThere: false`) will not come. */
export const attached = new NotificationType<
  ServerParams & { readonly port: number; readonly isThere: boolean }
>('server/attached');
/** A debugger has stopped a generation, or lets it run on. Nobody stopped is replaced, and none of its deadlines pass. */
export const paused = new NotificationType<
  ServerParams & { readonly generation: number; readonly isPaused: boolean }
>('server/paused');
/** Ends every server and the supervisor itself. */
export const shutdown = new RequestType0<void, void>('shutdown');

export const didChange = new NotificationType<ServerStatus>('server/didChange');
export const didHappen = new NotificationType<HandoffEvent>('server/didHappen');
export const didPrint = new NotificationType<OutputChunk>('server/didPrint');
/** Where the client that debugs can attach. */
export const inspecting = new NotificationType<Inspectable>('server/inspecting');
/** A control message between supervisor and generation, for the log's debug level. */
export const didExchange = new NotificationType<{ readonly server: string; readonly line: string }>(
  'server/didExchange',
);
