/**
 * What a server's command runs besides the server, in the same process group: neither what started the server, nor
 * what that started. A standby would be one more of it. By what the system says of processes (Linux); elsewhere by the
 * command.
 */
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseProcStat } from '../../shared/proc-stat.ts';
import { nameOf } from './own-watcher.ts';

/** What ends within this time (ms) was only asked something. */
const briefMs = 500;
/** `a & b`, but not `a && b`, `a >&2`. */
const background = /(?<![&>|])&(?![&>])/;

/** Its name. `members`: the group's processes at the moment, none where the system does not tell. */
export async function namedBeside(
  server: number,
  command: string | readonly string[],
  members: () => readonly number[],
): Promise<string | undefined> {
  const first = members();
  if (first.length === 0)
    return typeof command === 'string' && background.test(command) ? 'what it starts with &' : undefined;
  const found = await others(server, first);
  if (found.length === 0) return undefined;
  await wait(briefMs, undefined, { ref: false });
  const still = await others(server, members());
  const pid = still.find((one) => found.includes(one));
  return pid === undefined ? undefined : await nameOf(pid);
}

async function others(server: number, members: readonly number[]): Promise<number[]> {
  const parents = new Map<number, number>();
  const outputs = new Set<string>();
  for (const pid of members) {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
    if (stat !== undefined) parents.set(pid, parseProcStat(stat).parent);
    for (const fd of [1, 2]) outputs.add(await targetOf(pid, fd));
  }
  const above = (pid: number): number[] => {
    const parent = parents.get(pid);
    return parent === undefined ? [] : [pid, ...above(parent)];
  };
  const ofServer = above(server);
  const apart = members.filter((pid) => !ofServer.includes(pid) && !above(pid).includes(server));
  const found: number[] = [];
  for (const pid of apart) {
    const input = await targetOf(pid, 0);
    // `node server.js | pino-pretty` only shows what it prints.
    if (!(input.startsWith('pipe:') && outputs.has(input))) found.push(pid);
  }
  return found;
}

async function targetOf(pid: number, fd: number): Promise<string> {
  return await readlink(`/proc/${String(pid)}/fd/${String(fd)}`).catch(() => '');
}
