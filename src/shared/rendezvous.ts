/** Where a workspace's supervisor and its clients meet: a folder that only its owner can enter. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Rendezvous {
  /** Private. */
  readonly folder: string;
  /** The RPC server's, in that folder. */
  readonly socket: string;
}

/** Short, since a Unix socket's path has at most 103 bytes on macOS and 107 on Linux. */
const idLength = 12;
const folderName = new RegExp(`^[0-9a-f]{${String(idLength)}}$`);
const privateMode = 0o700;

export function rendezvousOf(workspace: string, env: NodeJS.ProcessEnv): Rendezvous {
  const id = createHash('sha256').update(canonical(workspace)).digest('hex').slice(0, idLength);
  const owner = String(process.getuid?.());
  return within(path.join(env['HOT_SWAP_RUNTIME_DIR'] ?? runtimeFolder(), `hot-swap-${owner}`), id);
}

/** Those of the same user's other workspaces, past ones too. */
export async function neighboursOf({ folder }: Rendezvous): Promise<Rendezvous[]> {
  const base = path.dirname(folder);
  const ids = await readdir(base).catch(() => []);
  return ids
    .filter((id) => folderName.test(id) && id !== path.basename(folder))
    .map((id) => within(base, id));
}

/**
 * Makes the folder, and refuses one that others made or may enter.
 * Throws an Error whose message is for the user.
 */
export function makePrivateFolder(folder: string): void {
  for (const each of [path.dirname(folder), folder]) {
    try {
      mkdirSync(each, { recursive: true, mode: privateMode });
    } catch (error) {
      throw new Error(`Hot Swap can't make its socket folder ${each}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const found = lstatSync(each);
    const foreign = process.getuid !== undefined && found.uid !== process.getuid();
    const open = (found.mode & 0o077) !== 0;
    if (!found.isDirectory() || foreign || open) {
      throw new Error(
        `Hot Swap won't use ${each}: it belongs to someone else or is open to others. Remove it and try again.`,
      );
    }
  }
}

function within(base: string, id: string): Rendezvous {
  const folder = path.join(base, id);
  return { folder, socket: path.join(folder, 'rpc') };
}

/** The same for the editor and every terminal of a user, whose environments may differ. */
function runtimeFolder(): string {
  if (process.platform !== 'linux') return tmpdir();
  const session = `/run/user/${String(process.getuid?.())}`;
  return existsSync(session) ? session : '/tmp';
}

function canonical(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}
