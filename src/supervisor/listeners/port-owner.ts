/** Who listens on a port, where the system tells without special rights: Linux's /proc. */
import { readFile, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Listening } from '../../runtimes/attendant.ts';
import { parseProcStat } from '../../shared/proc-stat.ts';

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
  /** It is at work in this moment: if that is its boot, it says nothing meanwhile. */
  readonly runs: boolean;
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
      const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
      const runs = stat !== undefined && parseProcStat(stat).runs;
      return { pid, port, program: path.basename(executable.replace(/ \(deleted\)$/, '')), runs };
    }
  }
  return undefined;
}

/** Undefined: nobody listens there. Null where the system does not tell. */
export async function listeningOn(port: number): Promise<Listening | undefined | null> {
  const tables = await Promise.all(tcpTables.map((table) => readFile(table, 'utf8').catch(() => undefined)));
  if (tables[0] === undefined) return null;
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of tables.join('\n').split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    if (state !== '0A' || !local.endsWith(wanted)) continue;
    const address = local.slice(0, -wanted.length);
    const isPublic = !address.endsWith('7F') && !/^0{24}01000000$/.test(address);
    return { isPublic, host: /^0{24}01000000$/.test(address) ? '::1' : '127.0.0.1' };
  }
  return undefined;
}

const tcpTables = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Socket inode → port of every listening TCP socket. proc(5): local address and port in hexadecimal in column 2,
 * state in 4 (0A is LISTEN), inode in 10.
 */
async function listeningSockets(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const table of tcpTables) {
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
