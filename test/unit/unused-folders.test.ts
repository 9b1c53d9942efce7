import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { rendezvousOf } from '../../src/shared/rendezvous.ts';
import type { Rendezvous } from '../../src/shared/rendezvous.ts';
import { removeUnused } from '../../src/supervisor/folder/unused-folders.ts';
import { removeFolder } from '../tools/leave-nothing-behind.mts';

const day = 24 * 60 * 60 * 1000;

it('a supervisor removes what other workspaces have left, unless used lately or served now', async (t) => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'hs-'));
  t.after(() => removeFolder(scratch));
  const now = Date.now();
  const make = (workspace: string, unusedFor: number): Rendezvous => {
    const rendezvous = rendezvousOf(`/${workspace}`, { HOT_SWAP_RUNTIME_DIR: scratch });
    mkdirSync(path.join(rendezvous.folder, 'compile-cache'), { recursive: true });
    utimesSync(rendezvous.folder, new Date(now - unusedFor), new Date(now - unusedFor));
    return rendezvous;
  };
  const own = make('own', 30 * day);
  const recent = make('recent', 13 * day);
  const served = make('served', 0);
  const server = net.createServer().listen(served.socket);
  t.after(() => server.close());
  make('served', 30 * day);
  make('old', 15 * day);
  const base = path.dirname(own.folder);
  mkdirSync(path.join(base, 'of-somebody-else'));
  utimesSync(path.join(base, 'of-somebody-else'), new Date(0), new Date(0));

  await removeUnused(own, now);

  const kept = [own, recent, served].map(({ folder }) => path.basename(folder));
  assert.deepEqual(readdirSync(base).sort(), [...kept, 'of-somebody-else'].sort());
});
