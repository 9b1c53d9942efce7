/** A connection to a supervisor in the editor's words. Loaded only when there is a supervisor to talk to. */
import { attach, type AttachOptions } from '../../client/attach.ts';
import type { Inspectable } from '../../shared/debugging/debug.ts';
import type { Cause, HandoffEvent, OutputChunk, ServerStatus, SwapOutcome } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import * as rpc from '../../shared/rpc.ts';
import type { GenerationMarks, GenerationRequests } from '../../shared/told/requests.ts';

export interface LinkListener {
  changed(status: ServerStatus): void;
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
  exchanged(server: string, line: string): void;
  /** A debugger can be attached there, and may be waited for. */
  inspecting(where: Inspectable): void;
  /** Once: the supervisor is gone. */
  closed(): void;
}

/** What the editor asks of a supervisor. Every request rejects when the connection breaks. */
export interface Link {
  readonly pid: number;
  /** As they were when the link was made; later changes come to the listener. */
  readonly servers: readonly ServerStatus[];
  define(spec: ServerSpec): Promise<void>;
  start(server: string): Promise<SwapOutcome>;
  swap(server: string, cause: Cause): Promise<SwapOutcome>;
  /** Until the code on disk is what answers, or can't. */
  wait(server: string): Promise<SwapOutcome>;
  stop(server: string): Promise<void>;
  restart(server: string): Promise<SwapOutcome>;
  /** Serves the code before the present one; rejects with why not. */
  back(server: string): Promise<SwapOutcome>;
  recent(server: string): Promise<rpc.RecentResult>;
  /** Requests around its last swaps: each generation is asked. */
  marks(server: string): Promise<readonly GenerationMarks[]>;
  /** What its generations still have to answer: each of them is asked. */
  requests(server: string): Promise<readonly GenerationRequests[]>;
  /** Ends one of those. */
  cut(server: string, generation: number, request: number): void;
  saved(files: readonly string[], time: number): void;
  /** What follows from these files' change on disk is for the editor to say. */
  writing(files: readonly string[], time: number): void;
  /** All files with unsaved changes: what the disk says of them waits for us. */
  unsaved(files: readonly string[]): void;
  /** Files that are being worked on: those with unsaved changes, and those in view. */
  working(changed: readonly string[], open: readonly string[]): void;
  input(server: string, text: string): void;
  /** Whether we attach a debugger to each of its processes; see rpc.ts. */
  debug(server: string, on: boolean): Promise<void>;
  attached(server: string, port: number, isThere: boolean): void;
  paused(server: string, generation: number, isPaused: boolean): void;
  /** Leaves; the supervisor and its servers live on. */
  dispose(): void;
}

/**
 * Undefined if no supervisor runs and none was to be launched.
 * `heard`: resolves when we have said all that the window knows of these files.
 */
export async function openLink(
  options: Omit<AttachOptions, 'client'>,
  listener: LinkListener,
  heard: (files: readonly string[]) => Promise<void>,
): Promise<Link | undefined> {
  const attached = await attach({ ...options, client: rpc.editor });
  if (attached === undefined) return undefined;
  const { connection, hello } = attached;

  connection.onNotification(rpc.didChange, (status) => {
    listener.changed(status);
  });
  connection.onNotification(rpc.didHappen, (event) => {
    listener.happened(event);
  });
  connection.onNotification(rpc.didPrint, (chunk) => {
    listener.printed(chunk);
  });
  connection.onNotification(rpc.didExchange, ({ server, line }) => {
    listener.exchanged(server, line);
  });
  connection.onNotification(rpc.inspecting, (where) => {
    listener.inspecting(where);
  });
  connection.onRequest(rpc.heard, ({ files }) => heard(files));
  attached.onClose(() => {
    listener.closed();
  });
  // A notification that can't be sent means that the connection is closing, which onClose tells.
  const lost = (): undefined => undefined;

  return {
    pid: hello.pid,
    servers: hello.servers,
    define: (spec) => connection.sendRequest(rpc.define, spec),
    start: (server) => connection.sendRequest(rpc.start, { server }),
    swap: (server, cause) => connection.sendRequest(rpc.swap, { server, cause }),
    wait: (server) => connection.sendRequest(rpc.wait, { server }),
    stop: (server) => connection.sendRequest(rpc.stop, { server }),
    restart: (server) => connection.sendRequest(rpc.restart, { server }),
    back: (server) => connection.sendRequest(rpc.back, { server }),
    recent: (server) => connection.sendRequest(rpc.recent, { server }),
    marks: (server) => connection.sendRequest(rpc.marks, { server }),
    requests: (server) => connection.sendRequest(rpc.requests, { server }),
    cut: (server, generation, request) =>
      void connection.sendNotification(rpc.cut, { server, generation, request }).catch(lost),
    saved: (files, time) => void connection.sendNotification(rpc.saved, { files, time }).catch(lost),
    writing: (files, time) => void connection.sendNotification(rpc.writing, { files, time }).catch(lost),
    working: (changed, open) => void connection.sendNotification(rpc.working, { changed, open }).catch(lost),
    unsaved: (files) => void connection.sendNotification(rpc.unsaved, { files }).catch(lost),
    input: (server, text) => void connection.sendNotification(rpc.input, { server, text }).catch(lost),
    debug: (server, on) => connection.sendRequest(rpc.debug, { server, on }),
    attached: (server, port, isThere) =>
      void connection.sendNotification(rpc.attached, { server, port, isThere }).catch(lost),
    paused: (server, generation, isPaused) =>
      void connection.sendNotification(rpc.paused, { server, generation, isPaused }).catch(lost),
    dispose: () => {
      attached.dispose();
    },
  };
}
