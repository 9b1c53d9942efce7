/** Supervisors keep what outlives them in a folder of their user's; those of tests do so in one that goes with us. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd, removeFolder } from './leave-nothing-behind.mts';

const variable = 'HOT_SWAP_RUNTIME_DIR';

/** For this process and those that it starts. */
export function useOwnRuntimeFolder(): void {
  if (process.env[variable] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'hs-')); // short: it will hold Unix sockets
  process.env[variable] = folder;
  atTheEnd(() => removeFolder(folder));
}
