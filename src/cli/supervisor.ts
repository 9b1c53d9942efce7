/** How the CLI finds the supervisor: of this folder, or of one above it, as git does. */
import path from 'node:path';
import { attach } from '../client/attach.ts';
import type { Attached } from '../client/attach.ts';

/** The supervisor stays this long (ms) after a CLI that was killed. */
const graceMs = 2000;

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
