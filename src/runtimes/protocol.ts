/**
 * The protocol between the supervisor and a process of a generation, the same for every runtime.
 * See README.md in this folder; `version` is the number that both sides compare.
 *
 * Newline-delimited JSON over a Unix socket that the process connects to. An unknown message is ignored,
 * a malformed line is reported, and neither ends a server.
 */
import type { DrainProgress, DrainResult } from '../shared/model.ts';

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
  | { readonly type: 'held'; readonly requests: number }
  | { readonly type: 'accepting' }
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
    };

export type ToGeneration =
  /** Accept on every gated listener, now and later. */
  | { readonly type: 'accept' }
  /** New requests wait from now on. */
  | { readonly type: 'hold' }
  /** Held requests are answered by this generation after all. */
  | { readonly type: 'release' }
  /** Stop accepting, answer `stopped`, hand new requests to the successor, drain. */
  | { readonly type: 'stop'; readonly successor: Doors; readonly drainMs: number }
  /** The successor was itself replaced. */
  | { readonly type: 'relay'; readonly successor: Doors }
  /** The successor died: accept again. */
  | { readonly type: 'resume' }
  /** Leave, as after a signal to terminate. */
  | { readonly type: 'retire' }
  /** Which files are loaded? */
  | { readonly type: 'files'; readonly id: number };
