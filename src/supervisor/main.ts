/**
 * The supervisor's process. Started detached by the first client with
 * `supervisor.js WORKSPACE GRACE_MS`; prints one line of JSON when clients can connect, or why they can't.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { install } from '../runtimes/registry.ts';
import { installWays } from '../runtimes/ways.ts';
import { makePrivateFolder, rendezvousOf } from '../shared/rendezvous.ts';
import { systemClock } from '../shared/clock.ts';
import { answers, claim } from './folder/claim.ts';
import { boundCompileCache, compileCacheOf } from './folder/compile-cache.ts';
import { sweepDoors } from './folder/doors.ts';
import { prepareJournals } from './folder/journals.ts';
import { installPortTools } from './folder/port-tools.ts';
import { guard } from './processes/guard.ts';
import { RpcServer } from './wire/rpc-server.ts';
import { Supervisor } from './supervisor.ts';
import { markAsUsed, removeUnused } from './folder/unused-folders.ts';

/** The first client started us: on a busy machine it takes its time to come (ms). */
const firstClientMs = 60_000;

const [, script = '', workspace = process.cwd(), grace = '60000'] = process.argv;

async function main(): Promise<void> {
  const rendezvous = rendezvousOf(workspace, process.env);
  const { folder, socket } = rendezvous;
  makePrivateFolder(folder);
  markAsUsed(folder);
  if (await answers(socket)) return; // another one was faster; the client will find it
  install(path.dirname(script), folder);
  installWays(path.dirname(script), folder);
  installPortTools(folder);
  prepareJournals(folder);
  const env = { clock: systemClock, folder };
  let ending = false;
  let leaving: { cancel(): void } | undefined;
  const stayFor = (clients: number): void => {
    leaving?.cancel();
    if (clients === 0) leaving = systemClock.setTimeout(() => void end(), Number(grace));
  };
  const rpc = new RpcServer(systemClock, workspace, stayFor, () => end());
  const supervisor = new Supervisor(env, rpc.broadcast);
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await supervisor.close();
    rmSync(socket, { force: true });
    // Not before whoever asked for the end has its answer.
    setImmediate(() => void Promise.all([rpc.close(), guard.close()]).then(() => process.exit(0)));
  };
  rpc.attach(supervisor);
  await claim(rpc.server, socket);
  sweepDoors(folder);
  await supervisor.open();
  // Both can only be too slow to matter.
  void boundCompileCache(compileCacheOf(folder));
  void removeUnused(rendezvous, systemClock.now());
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());
  process.on('exit', () => {
    supervisor.dispose();
  });
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${String(error.stack)}\n`);
    supervisor.dispose();
    process.exit(1);
  });
  leaving ??= systemClock.setTimeout(() => void end(), Math.max(Number(grace), firstClientMs));
}

main().then(
  () => {
    process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  },
  (error: unknown) => {
    process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
    process.exitCode = 1;
  },
);
