/** Servers under one supervisor, which the tests of one file share: `hot-swap run` without its process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { specOf } from '../../src/cli/spec.ts';
import { attach } from '../../src/client/attach.ts';
import type { Attached } from '../../src/client/attach.ts';
import { readFile } from '../../src/detect/reading/files.ts';
import { unwrap } from '../../src/detect/unwrap.ts';
import { byCommand } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { cleanEnvironment, root } from './running.ts';
import type { Hearer, Run } from './running.ts';

/** As the CLI's. */
const graceMs = 2000;

let shared: Promise<Attached> | undefined;
const hearers = new Map<string, Hearer>();
const workspace = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));

after(async () => {
  const attached = await shared?.catch(() => undefined);
  if (attached !== undefined) {
    const closed = new Promise<void>((resolve) => attached.onClose(resolve));
    await attached.connection.sendRequest(rpc.shutdown);
    await closed;
  }
  rmSync(workspace, { recursive: true, force: true });
});

export const runTogether: Run = (args, { cwd, env }, hearer) => {
  const server = path.basename(cwd);
  const running = start();
  /** It answers when what ran beside the generations is gone, too. */
  let stopping: Promise<void> | undefined;
  return {
    workspace,
    exited: running.then(({ exited }) => exited).finally(() => stopping),
    swap: () => {
      void running.then(({ connection }) => connection.sendRequest(rpc.swap, { server, cause: byCommand() }));
    },
    stop: (signal) => {
      stopping = running
        .then(({ connection }) => connection.sendRequest(rpc.stop, { server, signal }))
        .catch(() => undefined); // the supervisor is gone, as `exited` tells
    },
  };

  async function start(): Promise<{
    readonly connection: Attached['connection'];
    readonly exited: Promise<number | null>;
  }> {
    const command = parseCommandLine(args, cwd);
    if (command.command !== 'run') throw new Error(`not a server: ${args.join(' ')}`);
    const at = path.resolve(cwd, command.cwd);
    const unwrapped = await unwrap(command.argv, at, readFile, env);
    const attached = await (shared ??= supervisor());
    const { connection } = attached;
    if (unwrapped.note !== undefined) hearer.output(`hot-swap: ${unwrapped.note}\n`);
    const exited = new Promise<number | null>((resolve) => {
      hearers.set(server, {
        event: (event) => {
          hearer.event(event);
          if (event.event === 'stopped') resolve(event.exitCode ?? 0);
        },
        output: (text) => hearer.output(text),
      });
      attached.onClose(() => resolve(null));
    });
    // By the test's own folder: several may serve from one that is called `api`.
    await connection.sendRequest(rpc.define, {
      ...specOf({ ...command, cwd: at }, unwrapped, env),
      name: server,
    });
    void connection.sendRequest(rpc.start, { server });
    return { connection, exited };
  }
};

async function supervisor(): Promise<Attached> {
  const attached = await attach({
    workspace,
    client: 'cli',
    launch: {
      node: process.execPath,
      script: path.join(root, 'dist', 'supervisor.js'),
      env: cleanEnvironment(),
      graceMs,
    },
  });
  if (attached === undefined) throw new Error('no supervisor');
  attached.connection.onNotification(rpc.didHappen, (event) => hearers.get(event.server)?.event(event));
  attached.connection.onNotification(rpc.didPrint, (chunk) => hearers.get(chunk.server)?.output(chunk.text));
  return attached;
}
