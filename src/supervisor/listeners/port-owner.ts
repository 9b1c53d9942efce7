/** Who listens on a port, where the system tells without special rights: Linux's /proc. */
import { readFile, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

export interface PortOwner {
  readonly name: string;
  readonly pid: number;
}

/** Undefined where it can't be known. */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  const wanted = new Set<string>();
  for (const [inode, listening] of await listeningSockets()) if (listening === port) wanted.add(inode);
  if (wanted.size === 0) return undefined;
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const inodes = await socketsOf(Number(entry));
    if (!inodes.some((inode) => wanted.has(inode))) continue;
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => 'a program');
    return { name: name.trim(), pid: Number(entry) };
  }
  return undefined;
}

/** False also where it can't be known. */
export async function isFree(port: number | undefined): Promise<boolean> {
  const listening = await listeningSockets();
  return port !== undefined && listening.size > 0 && ![...listening.values()].includes(port);
}

export interface ListeningProcess {
  readonly pid: number;
  readonly port: number;
  /** Of its executable: `python3.11`. */
  readonly program: string;
}

/** One of these processes that listens on a TCP port. */
export async function findListening(pids: readonly number[]): Promise<ListeningProcess | undefined> {
  if (pids.length === 0) return undefined;
  const listening = await listeningSockets();
  for (const pid of pids) {
    for (const inode of await socketsOf(pid)) {
      const port = listening.get(inode);
      if (port === undefined) continue;
      const executable = await readlink(`/proc/${String(pid)}/exe`).catch(() => '');
      return { pid, port, program: path.basename(executable.replace(/ \(deleted\)$/, '')) };
    }
  }
  return undefined;
}

/**
 * Socket inode → port of every listening TCP socket. proc(5): local address and port in hexadecimal in column 2,
 * state in 4 (0A is LISTEN), inode in 10.
 */
async function listeningSockets(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = local?.split(':')[1];
      if (state === '0A' && port !== undefined && inode !== undefined) found.set(inode, parseInt(port, 16));
    }
  }
  return found;
}

async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${String(pid)}/fd`;
  const links = await readdir(folder).catch(() => []);
  const targets = await Promise.all(links.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}
