/**
 * Whether a process waits for connections on an inherited socket, as the system tells it (Linux): that is the moment in
 * which it serves, and no server has to say so. proc(5): an epoll's `fdinfo` names the inodes that it watches, `syscall`
 * the call in which a thread is.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** accept, accept4; poll and select are for few descriptors, which are looked up by number. */
const accepts: Readonly<Record<string, readonly number[]>> = { x64: [43, 288], arm64: [202, 242] };

/** Undefined where the system does not tell. */
export async function inodeOf(fd: number): Promise<number | undefined> {
  const target = await readlink(`/proc/self/fd/${String(fd)}`).catch(() => '');
  const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
  return inode === undefined ? undefined : Number(inode);
}

export async function waitsOn(pids: readonly number[], inodes: ReadonlySet<number>): Promise<boolean> {
  for (const pid of pids) if ((await polls(pid, inodes)) || (await isInAccept(pid, inodes))) return true;
  return false;
}

async function polls(pid: number, inodes: ReadonlySet<number>): Promise<boolean> {
  const folder = `/proc/${String(pid)}`;
  for (const fd of await readdir(`${folder}/fd`).catch(() => [])) {
    const target = await readlink(`${folder}/fd/${fd}`).catch(() => '');
    if (target !== 'anon_inode:[eventpoll]') continue;
    const info = await readFile(`${folder}/fdinfo/${fd}`, 'utf8').catch(() => '');
    for (const [, inode = ''] of info.matchAll(/\bino:([\da-f]+)/g))
      if (inodes.has(parseInt(inode, 16))) return true;
  }
  return false;
}

async function isInAccept(pid: number, inodes: ReadonlySet<number>): Promise<boolean> {
  const folder = `/proc/${String(pid)}`;
  for (const thread of await readdir(`${folder}/task`).catch(() => [])) {
    const call = await readFile(`${folder}/task/${thread}/syscall`, 'utf8').catch(() => '');
    const [number, fd] = call.split(' ');
    if (accepts[process.arch]?.includes(Number(number)) !== true) continue;
    const target = await readlink(`${folder}/fd/${String(Number(fd))}`).catch(() => '');
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
    if (inodes.has(Number(inode))) return true;
  }
  return false;
}
