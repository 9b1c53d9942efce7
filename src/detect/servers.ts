/** Zero configuration: which servers a folder holds, the likeliest first. */
import { basename, join } from 'node:path';
import { isServerFile, looksLikeServer, usesFramework } from './evidence.ts';
import type { Candidate } from './candidate.ts';
import { findLaunched } from './launch-json.ts';
import { findPythonServer } from './python.ts';
import type { Files } from './reading/files.ts';
import { findStackServers } from './stacks.ts';
import { readPackageJson, type PackageJson } from './reading/package-json.ts';

export type { Candidate };

/** Scripts by which servers are started, the likeliest first. */
const scriptNames = ['dev', 'start:dev', 'dev:server', 'server', 'serve', 'start'];
const conventionalFiles = ['server', 'index', 'app', 'main'].flatMap((name) =>
  ['', 'src/'].flatMap((folder) =>
    ['js', 'mjs', 'cjs', 'ts', 'mts'].map((extension) => `${folder}${name}.${extension}`),
  ),
);
/** Where a repository of several packages keeps them. */
const packageFolders = ['apps', 'packages', 'services'];
/** Enough for any repository, and an end for a folder full of folders. */
const mostFolders = 40;

/** Looks in the folder, and if nothing is there, in the packages below it. */
export async function findServers(folder: string, files: Files): Promise<readonly Candidate[]> {
  const own = await findInFolder(folder, files);
  const launched = await findLaunched(folder, await readPackageJson(folder, files.readFile), files.readFile);
  const isKnown = ({ command, cwd }: Candidate): boolean =>
    own.some((other) => other.command === command && other.cwd === cwd);
  const all = [...own, ...launched.filter((one) => !isKnown(one))];
  if (all.length > 0) return all;
  const below = await Promise.all(
    (await packagesBelow(folder, files)).map((path) => findInFolder(path, files)),
  );
  return below.flat();
}

async function packagesBelow(folder: string, files: Files): Promise<readonly string[]> {
  const visible = (name: string): boolean => !name.startsWith('.') && name !== 'node_modules';
  const direct = (await files.readFolders(folder)).filter(visible);
  const nested = direct
    .filter((name) => packageFolders.includes(name))
    .map(async (name) =>
      (await files.readFolders(join(folder, name))).filter(visible).map((child) => join(name, child)),
    );
  const all = [...direct, ...(await Promise.all(nested)).flat()];
  return all.slice(0, mostFolders).map((name) => join(folder, name));
}

async function findInFolder(folder: string, files: Files): Promise<readonly Candidate[]> {
  const main = await readPackageJson(folder, files.readFile);
  const name = main?.name?.replace(/^@[^/]*\//, '') ?? basename(folder);
  const candidates: Candidate[] = [];
  const add = (command: string, found: string): void => {
    candidates.push({ name, command, cwd: folder, found });
  };

  if (main !== undefined) {
    const run = await runnerOf(folder, main, files);
    for (const script of scriptNames) {
      const line = main.scripts[script];
      if (line !== undefined && (await looksLikeServer(line, folder, main, files.readFile))) {
        add(run(script), `${script}: ${line}`);
      }
    }
  }
  if (candidates.length > 0) return candidates;

  const stacks = await findStackServers(folder, files.readFile);
  // Their files end like Node's, and are none of Node's.
  const [own] = stacks.filter(({ command }) => /^(?:deno|bun) /.test(command));
  if (own !== undefined) add(own.command, own.found);
  if (candidates.length > 0) return candidates;

  for (const file of [...(main?.main === undefined ? [] : [main.main]), ...conventionalFiles]) {
    if (await startsServer(join(folder, file), main, files)) add(commandFor(file), file);
    // A second file is as likely a part of the first one's server.
    if (candidates.length > 0) break;
  }
  if (candidates.length > 0) return candidates;

  const python = await findPythonServer(folder, files.readFile);
  if (python !== undefined) add(python.command, python.found);
  for (const { command, found } of stacks) add(command, found);
  return candidates;
}

/** A framework in package.json is no proof for a bare file: `app.js` may only be imported by tests. */
async function startsServer(path: string, main: PackageJson | undefined, files: Files): Promise<boolean> {
  if (await isServerFile(path, files.readFile)) return true;
  const entry = /(^|[/\\])(server|www)(\.\w+)?$/.test(path);
  return entry && main !== undefined && usesFramework(main) && (await files.readFile(path)) !== undefined;
}

function commandFor(file: string): string {
  return /\.[mc]?ts$/.test(file) ? `npx tsx ${file}` : `node ${file}`;
}

/** `npm run dev`, in the words of the package manager that the folder uses. */
async function runnerOf(
  folder: string,
  main: PackageJson,
  files: Files,
): Promise<(script: string) => string> {
  const has = async (file: string): Promise<boolean> =>
    (await files.readFile(join(folder, file))) !== undefined;
  const named = main.packageManager?.split('@', 1)[0];
  if (named === 'pnpm' || (await has('pnpm-lock.yaml'))) return (script) => `pnpm run ${script}`;
  if (named === 'yarn' || (await has('yarn.lock'))) return (script) => `yarn run ${script}`;
  if (named === 'bun' || (await has('bun.lock')) || (await has('bun.lockb')))
    return (script) => `bun run ${script}`;
  return (script) => (script === 'start' ? 'npm start' : `npm run ${script}`);
}
