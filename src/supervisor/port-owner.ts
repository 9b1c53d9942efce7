/** Who listens on a port, where the system tells without special rights: Linux's /proc. */
import { readFile, readdir, readlink } from 'node:fs/promises';

export interface PortOwner {
  readonly name: string;
  readonly pid: number;
}

/** Undefined where it can't be known. */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  try {
    const inode =
      (await listeningInode('/proc/net/tcp', port)) ?? (await listeningInode('/proc/net/tcp6', port));
    return inode === undefined ? undefined : await ownerOf(inode);
  } catch {
    return undefined;
  }
}

/** proc(5): local address and port in hexadecimal in column 2, state in 4 (0A is LISTEN), inode in 10. */
async function listeningInode(table: string, port: number): Promise<string | undefined> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of (await readFile(table, 'utf8')).split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(wanted) === true && columns[3] === '0A') return columns[9];
  }
  return undefined;
}

async function ownerOf(inode: string): Promise<PortOwner | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const links = await readdir(`/proc/${entry}/fd`).catch(() => []);
    for (const fd of links) {
      const target = await readlink(`/proc/${entry}/fd/${fd}`).catch(() => '');
      if (target !== `socket:[${inode}]`) continue;
      const name = (await readFile(`/proc/${entry}/comm`, 'utf8')).trim();
      return { name, pid: Number(entry) };
    }
  }
  return undefined;
}
