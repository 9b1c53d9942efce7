/** How the CLI finds the supervisor: of this folder, or of one above it, as git does. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { attach } from '../client/attach.ts';
import type { Attached } from '../client/attach.ts';
import { parseProcStat } from '../shared/proc-stat.ts';
import * as rpc from '../shared/rpc.ts';

/** The supervisor stays this long (ms) after a CLI that was killed. */
const graceMs = 2000;
/** It ends within a tenth of a second of its last word; then (ms) nobody waits for it any more. */
const patienceMs = 5000;
const lookMs = 5;

export async function attachHere(cwd: string): Promise<Attached | undefined> {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const attached = await attach({ workspace: folder, client: 'cli' });
    if (attached !== undefined || folder === path.dirname(folder)) return attached;
  }
}

export async function attachOrStart(cwd: string): Promise<Attached> {
  const script = path.join(__dirname, 'supervisor.js');
  const attached = await attach({
    workspace: cwd,
    client: 'cli',
    launch: { node: process.execPath, script, env: process.env, graceMs },
  });
  if (attached === undefined) throw new Error('no supervisor');
  return attached;
}

/** Ends all servers and the supervisor; resolves when its process is gone, too. */
export async function shutDown(attached: Attached): Promise<void> {
  await attached.connection.sendRequest(rpc.shutdown);
  const until = Date.now() + patienceMs;
  while (lives(attached.hello.pid) && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, lookMs));
}

/** False of one that has ended but that nobody has waited for. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return parseProcStat(readFileSync(`/proc/${String(pid)}/stat`, 'utf8')).lives;
  } catch {
    return false;
  }
}
