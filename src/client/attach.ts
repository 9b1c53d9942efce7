/** Reaches the supervisor of a workspace, starting it if there is none. */
import { spawn } from 'node:child_process';
import net from 'node:net';
import type { MessageConnection } from 'vscode-jsonrpc';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { splitLines } from '../runtimes/protocol/lines.ts';
import { makePrivateFolder, rendezvousOf } from '../shared/rendezvous.ts';
import * as rpc from '../shared/rpc.ts';
import type { HelloResult } from '../shared/rpc.ts';

/**
 * Megabytes of V8's space for young objects. By itself it lets that grow with every few hundred swaps to 48 MB,
 * of which the supervisor never needs more than one.
 */
const smallHeap = '--max-semi-space-size=1';

/** Said in one go at the very end, and far more. */
const mostMessages = 1000;

export interface AttachOptions {
  /** Folder whose servers these are; one supervisor each. */
  readonly workspace: string;
  /** Shown in the supervisor's log. */
  readonly client: 'editor' | 'cli';
  /** How to start a supervisor; absent: only attach to a running one. */
  readonly launch?: {
    /** Node executable (or Electron, with ELECTRON_RUN_AS_NODE in env). */
    readonly node: string;
    /** Bundled supervisor, dist/supervisor.js. */
    readonly script: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** How long the supervisor stays after its last client left. */
    readonly graceMs: number;
  };
}

export interface Attached {
  readonly connection: MessageConnection;
  readonly hello: HelloResult;
  /** Called once when the supervisor is gone or the connection broke. */
  onClose(listener: () => void): void;
  /** Leaves; the supervisor and its servers live on. */
  dispose(): void;
}

/**
 * Undefined when none runs and `launch` is absent.
 * Throws an Error whose message is for the user: another version, no permission on the folder, cannot start.
 */
export async function attach(options: AttachOptions): Promise<Attached | undefined> {
  if (process.platform === 'win32') {
    throw new Error("Hot Swap can't hand over listening sockets on Windows. Run VS Code or the CLI in WSL.");
  }
  const { socket, folder } = rendezvousOf(options.workspace, process.env);
  const running = await connect(socket);
  if (running !== undefined) return await greet(running, options.client);
  if (options.launch === undefined) return undefined;
  makePrivateFolder(folder);
  await launch(options.workspace, options.launch);
  const started = await connect(socket);
  if (started === undefined)
    throw new Error(`Hot Swap's supervisor started but does not answer at ${socket}`);
  return await greet(started, options.client);
}

function connect(path: string): Promise<net.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    socket.once('error', () => {
      resolve(undefined);
    });
    socket.once('connect', () => {
      resolve(socket);
    });
  });
}

async function greet(socket: net.Socket, client: string): Promise<Attached> {
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  socket.on('error', () => undefined); // 'close' follows
  const listeners: (() => void)[] = [];
  let over = false;
  connection.onClose(async () => {
    await messagesRead();
    connection.dispose(); // rejects the requests that will have no answer
    if (over) return;
    over = true;
    for (const listener of listeners) listener();
  });
  connection.listen();
  const hello = await connection.sendRequest(rpc.hello, { protocol: rpc.protocolVersion, client });
  return {
    connection,
    hello,
    onClose: (listener) => listeners.push(listener),
    dispose: () => {
      over = true;
      connection.end();
      connection.dispose();
      socket.destroy();
    },
  };
}

/** vscode-jsonrpc takes one message a turn of the loop, and those that came before the end count. */
async function messagesRead(): Promise<void> {
  for (let turn = 0; turn < mostMessages; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when clients can connect. */
function launch(workspace: string, how: NonNullable<AttachOptions['launch']>): Promise<void> {
  const child = spawn(how.node, [smallHeap, how.script, workspace, String(how.graceMs)], {
    env: { ...how.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    cwd: '/',
  });
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      child.stdout.destroy();
      child.unref();
      if (error === undefined) resolve();
      else reject(error);
    };
    child.once('error', (error) => {
      settle(new Error(`Hot Swap can't start its supervisor: ${error.message}`));
    });
    child.once('exit', (code) => {
      // Another one was faster, and clients can connect to that.
      if (code === 0) settle();
      else settle(new Error(`Hot Swap's supervisor ended at once (exit code ${String(code)})`));
    });
    child.stdout.setEncoding('utf8');
    child.stdout.on(
      'data',
      splitLines((line) => {
        const { error } = JSON.parse(line) as { error?: string };
        settle(error === undefined ? undefined : new Error(error));
      }),
    );
  });
}
