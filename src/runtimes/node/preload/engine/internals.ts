/**
 * The parts of Node's own modules that the handoff needs and that are not in its documented types. All of
 * them exist unchanged in Node 20, 22, 24 and 26; the compatibility tests run on each.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import type { Socket } from 'node:net';
import { bindingOf } from './bindings.ts';

/** A raw TCP or pipe handle, listening or bound. */
export interface Handle {
  readonly fd: number;
  listen(backlog: number): number;
  close(): void;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  /** TCP only: fills `out`, and returns 0 or a libuv error. */
  getsockname?(out: object): number;
}

/** `net.Server` with what its prototype does not show. */
export interface ServerInternals extends net.Server {
  _handle: Handle | null;
  /** What `address()` answers for a Unix socket. */
  _pipeName?: string | undefined;
  /** setupListenHandle: makes the present handle accept, then emits `listening`. */
  _listen2(
    address: null,
    port: number,
    addressType: number,
    backlog: number | undefined,
    fd: undefined,
    flags?: number,
  ): void;
}

export interface NormalizedListen {
  port?: number | string | null;
  host?: string;
  path?: string;
  fd?: number;
  backlog?: number;
  exclusive?: boolean;
  signal?: AbortSignal;
  _handle?: unknown;
  handle?: unknown;
}

export interface NetInternals {
  _normalizeArgs(args: readonly unknown[]): [NormalizedListen, (() => void) | null];
  /** Opens a descriptor as a server handle without accepting on it; a number is a libuv error. */
  _createServerHandle(address: null, port: 0, addressType: -1, fd: number): Handle | number;
  /** Binds one. */
  _createServerHandle(address: string, port: number, addressType: 4 | 6): Handle | number;
}
export const netInternals = net as unknown as NetInternals;

/** What http leaves on a connection: its parser, and the response on its way, if any. */
export interface HttpSocket extends Socket {
  parser?: object | null;
  _httpMessage?: (ServerResponse & { _header?: string | null; req?: IncomingMessage }) | null;
}

export type AnyServer = ServerInternals & Partial<Pick<HttpServer, 'keepAliveTimeout'>>;

/** `instanceof tls.Server`, without loading TLS for servers that have none. */
export function isSecure(server: AnyServer): boolean {
  return 'setSecureContext' in server;
}

/** Whether requests are what a server emits: node:http, node:https and node:http2. */
export function isHttp(server: AnyServer): boolean {
  return (
    'keepAliveTimeout' in server || server.listenerCount('request') > 0 || server.listenerCount('stream') > 0
  );
}

/** What `require.main` is in every module; undefined while there is none, and where it is an ES module. */
export function mainModule(): object | undefined {
  return (process as unknown as { readonly mainModule?: object }).mainModule;
}

interface Request {
  oncomplete?: (status: number) => void;
}
export interface IpcPipe {
  /** Set by Node just before `onread`. */
  pendingHandle?: Handle | null;
  onread?: () => void;
  open(fd: number): number;
  connect(request: Request, path: string): void;
  readStart(): number;
  readStop(): number;
  unref(): void;
  writeUtf8String(request: Request, text: string, handle: Handle): number;
}
export interface IpcInternals {
  readonly Pipe: new (type: number) => IpcPipe;
  readonly ipcType: number;
  readonly WriteWrap: new () => Request;
  readonly ConnectWrap: new () => Request;
}

/** Node's IPC pipes by descriptor, without taking over `process.send` as `child_process._forkChild` would. */
export function ipcInternals(): IpcInternals {
  const pipes = bindingOf('pipe_wrap') as unknown as {
    Pipe: IpcInternals['Pipe'];
    PipeConnectWrap: IpcInternals['ConnectWrap'];
    constants: { IPC: number };
  };
  const streams = bindingOf('stream_wrap') as unknown as { WriteWrap: IpcInternals['WriteWrap'] };
  return {
    Pipe: pipes.Pipe,
    ipcType: pipes.constants.IPC,
    WriteWrap: streams.WriteWrap,
    ConnectWrap: pipes.PipeConnectWrap,
  };
}
