/**
 * A program that runs the server, watches files, and restarts it by itself: one that detection does not know. Found by
 * what the system says of its descriptors (Linux); elsewhere by its doing it.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { parseProcStat } from '../../shared/proc-stat.ts';

/** Its name. `server`: the process that listens; `root`: the one that was started, above it. */
export async function ownWatcherOf(server: number, root: number): Promise<string | undefined> {
  for (let pid = server; pid !== root;) {
    const parent = await parentOf(pid);
    if (parent === undefined || parent <= 1) return undefined;
    if (await watchesFiles(parent)) return await nameOf(parent);
    pid = parent;
  }
  return undefined;
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : parseProcStat(stat).parent;
}

/** inotify(7): a descriptor, with a line for each file or folder (proc(5), "fdinfo"). */
async function watchesFiles(pid: number): Promise<boolean> {
  const folder = `/proc/${String(pid)}`;
  for (const fd of await readdir(`${folder}/fd`).catch(() => [])) {
    const target = await readlink(`${folder}/fd/${fd}`).catch(() => '');
    if (target !== 'anon_inode:inotify') continue;
    const info = await readFile(`${folder}/fdinfo/${fd}`, 'utf8').catch(() => '');
    if (info.includes('inotify wd:')) return true;
  }
  return false;
}

export async function nameOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  const words = line.split('\0').filter((word) => word !== '');
  const script = words.slice(1).find((word) => !word.startsWith('-')) ?? '';
  const [, packaged] = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/.][^\\/]*)[\\/]/.exec(script) ?? [];
  const isNode = path.basename(words[0] ?? '') === 'node';
  return packaged ?? path.basename((isNode ? script : words[0]) ?? 'its command');
}
