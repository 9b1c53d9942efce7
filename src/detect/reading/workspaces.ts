/** `npm run dev -w api`, `pnpm --filter api dev`, `yarn --cwd api dev`: a package manager told to work in another folder. */
import { join, resolve } from 'node:path';
import type { ReadFile } from './files.ts';
import { readPackageJson } from './package-json.ts';
import { needsShell, programName } from './shell.ts';

/** Flags by what their value is. */
const flags: Readonly<
  Record<string, { readonly folder: readonly string[]; readonly name: readonly string[] }>
> = {
  npm: { folder: ['--prefix', '-C'], name: ['-w', '--workspace'] },
  pnpm: { folder: ['-C', '--dir'], name: ['-F', '--filter'] },
  yarn: { folder: ['--cwd'], name: [] },
  bun: { folder: ['--cwd'], name: ['-F', '--filter'] },
};

export interface Elsewhere {
  /** What is run there. */
  readonly words: readonly string[];
  /** Absolute. */
  readonly cwd: string;
}

/** Undefined if it is to work here, or nobody can tell where. */
export async function elsewhere(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Elsewhere | undefined> {
  const manager = programName(words[0]);
  if (manager === 'yarn' && words[1] === 'workspace') {
    const [, , name = '', ...rest] = words;
    return await inWorkspace([words[0] ?? manager, ...rest], name, cwd, readFile);
  }
  const known = flags[manager];
  if (known === undefined) return undefined;
  const kept: string[] = [];
  const values: { readonly isFolder: boolean; readonly value: string }[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      kept.push(...words.slice(index));
      break;
    }
    const [flag = '', inline] = word.split(/=(.*)/s);
    const isFolder = known.folder.includes(flag);
    if (isFolder || known.name.includes(flag))
      values.push({ isFolder, value: inline ?? words[++index] ?? '' });
    else kept.push(word);
  }
  const [only, ...others] = values;
  if (only === undefined || others.length > 0 || needsShell(only.value)) return undefined;
  if (only.isFolder) return { words: kept, cwd: resolve(cwd, only.value) };
  return await inWorkspace(kept, only.value, cwd, readFile);
}

/** `name`: of the package, or its folder. */
async function inWorkspace(
  words: readonly string[],
  name: string,
  cwd: string,
  readFile: ReadFile,
): Promise<Elsewhere | undefined> {
  const places = [name, ...(await globsOf(cwd, readFile)).flatMap((glob) => placesOf(glob, name))];
  for (const place of places) {
    const folder = resolve(cwd, place);
    const found = folder === cwd ? undefined : await readPackageJson(folder, readFile);
    if (found !== undefined && (place === name || found.name === name)) return { words, cwd: folder };
  }
  return undefined;
}

/** Where a package of that name usually is: folders can't be listed here. */
function placesOf(glob: string, name: string): readonly string[] {
  const bare = name.replace(/^@[^/]*\//, '');
  const folder = glob.replace(/\/\*\*?$/, '');
  return folder === glob ? [glob] : [join(folder, bare), join(folder, name)];
}

/** As npm and yarn (package.json), or pnpm (pnpm-workspace.yaml) have them. */
async function globsOf(cwd: string, readFile: ReadFile): Promise<readonly string[]> {
  const own = (await readPackageJson(cwd, readFile))?.workspaces;
  if (own !== undefined) return Array.isArray(own) ? own : own.packages;
  const pnpm = (await readFile(join(cwd, 'pnpm-workspace.yaml'))) ?? '';
  const [, list = ''] = /^packages:\s*\n((?:\s*(?:-.*|#.*)?\n?)*)/m.exec(pnpm) ?? [];
  return [...list.matchAll(/^\s*-\s*(['"]?)(.+?)\1\s*$/gm)].map(([, , glob = '']) => glob);
}
