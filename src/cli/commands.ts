/** `hot-swap swap`, `status` and `stop`: short visits to a running supervisor. */
import { byCommand } from '../shared/model.ts';
import type { ServerStatus, SwapOutcome } from '../shared/model.ts';
import { duration } from '../shared/words/format.ts';
import { failureText } from '../shared/words/narrate.ts';
import * as rpc from '../shared/rpc.ts';
import type { Attached } from '../client/attach.ts';
import type { Command } from './arguments.ts';
import { attachHere, shutDown } from './supervisor.ts';

const noServer = 2;

export async function swap({ cwd, server }: Command & { command: 'swap' | 'stop' }): Promise<number> {
  return await withSupervisor(cwd, async (attached) => {
    const name = choose(attached.hello.servers, server);
    if (typeof name !== 'string') return complain(name.problem);
    const outcome = await attached.connection.sendRequest(rpc.swap, { server: name, cause: byCommand() });
    if (outcome.outcome !== 'swapped') return complainOf(name, outcome);
    process.stdout.write(`${name}: gen ${String(outcome.generation)} ${serves(outcome)}\n`);
    return 0;
  });
}

export async function wait({ cwd, server, timeoutMs }: Command & { command: 'wait' }): Promise<number> {
  return await withSupervisor(cwd, async (attached) => {
    const name = choose(attached.hello.servers, server);
    if (typeof name !== 'string') return complain(name.problem);
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), timeoutMs));
    const outcome = await Promise.race([attached.connection.sendRequest(rpc.wait, { server: name }), late]);
    if (outcome === undefined) {
      const statuses = await attached.connection.sendRequest(rpc.status);
      const now = statuses.filter((each) => each.name === name).map(line);
      const after = duration(timeoutMs);
      process.stderr.write(`${now.join('')}: what is on disk does not answer after ${after}\n`);
      return 1;
    }
    if (outcome.outcome !== 'swapped') return complainOf(name, outcome);
    process.stdout.write(`${name}: gen ${String(outcome.generation)} answers with what is on disk\n`);
    return 0;
  });
}

function complainOf(name: string, outcome: Exclude<SwapOutcome, { outcome: 'swapped' }>): number {
  if (outcome.outcome === 'rolledBack') {
    const { serving, failure } = outcome;
    const still = serving === undefined ? 'no generation can serve' : `gen ${String(serving)} still serves`;
    const what = `gen ${String(failure.generation)} failed: ${failureText(failure, (file) => file)}`;
    process.stderr.write(`${name}: ${what}; ${still}\n`);
  } else {
    process.stderr.write(`${name}: it ended without an outcome: ${outcome.outcome}\n`);
  }
  return 1;
}

function serves({ swapMs, sameCodeAs }: SwapOutcome & { outcome: 'swapped' }): string {
  return sameCodeAs === undefined
    ? `serves, ${duration(swapMs)}`
    : `serves the same code as gen ${String(sameCodeAs)}: no file that it loaded has changed, ${duration(swapMs)}`;
}

export async function status({ cwd, json }: Command & { command: 'status' }): Promise<number> {
  return await withSupervisor(cwd, async (attached) => {
    const statuses = await attached.connection.sendRequest(rpc.status);
    if (json) process.stdout.write(`${JSON.stringify(statuses)}\n`);
    else for (const each of statuses) process.stdout.write(`${line(each)}\n`);
    return 0;
  });
}

export async function stop({ cwd }: Command & { command: 'swap' | 'stop' }): Promise<number> {
  return await withSupervisor(cwd, async (attached) => {
    await shutDown(attached);
    return 0;
  });
}

async function withSupervisor(cwd: string, visit: (attached: Attached) => Promise<number>): Promise<number> {
  const attached = await attachHere(cwd);
  if (attached === undefined) return complain(`no server runs in ${cwd}`);
  try {
    return await visit(attached);
  } finally {
    attached.dispose();
  }
}

function choose(servers: readonly ServerStatus[], wanted: string | undefined): string | { problem: string } {
  const running = servers.filter(({ state }) => state !== 'off');
  const names = running.map(({ name }) => name);
  if (wanted !== undefined) {
    return names.includes(wanted) ? wanted : { problem: `no server "${wanted}" runs here` };
  }
  const [only] = names;
  if (only === undefined) return { problem: 'no server runs here' };
  return names.length === 1
    ? only
    : { problem: `several servers run here, choose one with --server: ${names.join(', ')}` };
}

function line(status: ServerStatus): string {
  const ports = status.listeners.map(({ port, path, key }) =>
    port === undefined ? (path ?? key) : `:${String(port)}`,
  );
  const serving =
    status.serving === undefined
      ? ''
      : ` gen ${String(status.serving.generation)} (pid ${String(status.serving.pid)})`;
  const alone = status.unmanaged === undefined ? '' : `, without ${status.unmanaged}: saves restart nothing`;
  return [`${status.name}: ${status.state}${serving}`, ...ports].join(' ') + alone;
}

function complain(problem: string): number {
  process.stderr.write(`hot-swap: ${problem}\n`);
  return noServer;
}
