/**
 * What the tests need and npm's `devDependencies` cannot hold (a VS Code, other Node versions) lives in one
 * cache folder outside the checkout, so that a fresh clone does not pay for it again.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { mkdir, readdir, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `HOT_SWAP_TEST_CACHE`, or `~/.cache/hot-swap-test`. */
export const cacheDir = process.env['HOT_SWAP_TEST_CACHE'] ?? join(homedir(), '.cache', 'hot-swap-test');

/** Full path of the first of these programs that PATH knows. */
export function findOnPath(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/** Runs a program to its end, showing the command and what it prints; rejects unless it exits with 0. */
export async function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  console.log(`$ ${command} ${args.join(' ')}`);
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const code = await new Promise<number | string>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (exitCode, signal) => done(exitCode ?? signal ?? 1));
  });
  if (code !== 0) throw new Error(`can't finish "${command} ${args.join(' ')}": it ended with ${code}`);
}

/**
 * Runs `work` while no other process on this machine runs work of the same name.
 *
 * The lock is a folder holding one file named after its owner's pid. A dead owner's lock is taken over by
 * whoever manages to delete that file: deleting succeeds once only, and never hits a lock that changed hands
 * in between, because the new owner's file has another name.
 */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(cacheDir, { recursive: true });
  const lock = join(cacheDir, `${name}.lock`);
  const mine = join(lock, String(process.pid));
  let waiting = false;
  while (!(await take(lock, mine))) {
    if (!waiting) console.log(`Waiting for another process that sets up ${name} (${lock})`);
    waiting = true;
    await sleep(250);
  }
  try {
    return await work();
  } finally {
    await unlink(mine).catch(() => undefined);
    await rmdir(lock).catch(() => undefined);
  }
}

async function take(lock: string, mine: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = (await readdir(lock).catch(() => []))[0];
    if (owner === undefined) {
      // Between an owner's mkdir and writeFile, or its unlink and rmdir. Left so for long: that owner died.
      const age = await stat(lock).then(
        (entry) => Date.now() - entry.mtimeMs,
        () => 0,
      );
      if (age > 5_000) await rmdir(lock).catch(() => undefined);
      return false;
    }
    if (isAlive(Number(owner))) return false;
    const stolen = await unlink(join(lock, owner)).then(
      () => true,
      () => false,
    );
    if (!stolen) return false;
  }
  return writeFile(mine, '', { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
