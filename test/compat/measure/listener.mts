import fs from 'node:fs';
import { processesOf } from '../../bench/servers/processes.mts';

const listening = '0A';

/** The process of a folder that listens on a port, and the address to reach it; Linux only. */
export function listenerOf(root: string, port: number): { pid: number; host: string } | undefined {
  const sockets = ['tcp', 'tcp6'].flatMap((family) =>
    fs
      .readFileSync(`/proc/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, local, , state]) => state === listening && Number.parseInt(local!.split(':')[1]!, 16) === port,
      )
      .map((fields) => ({ local: fields[1]!, inode: fields[9]! })),
  );
  for (const { pid } of processesOf(root)) {
    const own = socketsOf(pid);
    const found = sockets.find(({ inode }) => own.has(inode));
    // Only one that listens on ::1 and nothing else can't be reached by the older address.
    if (found) return { pid, host: /^0{24}01000000:/.test(found.local) ? '::1' : '127.0.0.1' };
  }
  return undefined;
}

function socketsOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    // It ended while we looked.
  }
  return inodes;
}
