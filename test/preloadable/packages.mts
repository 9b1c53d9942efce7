/** The packages that are tried, by groups that are installed together, so that one that can't be spoils no others. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { npmPackages } from '../tools/npm-packages.mts';

export interface Group {
  readonly name: string;
  /** `express@5.1.0`. */
  readonly packages: readonly string[];
}

/** `packages.txt`: `web: express@5.1.0 cors@2.8.5`, on as many lines as it takes; a line that begins with # is none. */
export function readGroups(): Group[] {
  const text = readFileSync(path.join(import.meta.dirname, 'packages.txt'), 'utf8').replaceAll(/^#.*$/gm, '');
  return [...text.matchAll(/^(\S+):\s*([^:]*)$/gm)].map(([, name = '', list = '']) => ({
    name,
    packages: list.split(/\s+/).filter((one) => one !== ''),
  }));
}

/** `@koa/router` of `@koa/router@15.0.0`. */
export function plainName(pinned: string): string {
  return pinned.replace(/(?<=.)@.*/s, '');
}

/** Package → its folder. What a group has only for its peers' sake is tried there as well as anywhere. */
export async function install(groups: readonly Group[]): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const { name, packages } of groups) {
    try {
      const modules = await npmPackages(`preloadable-${name}`, packages);
      for (const one of packages)
        if (!folders.has(plainName(one))) folders.set(plainName(one), path.join(modules, plainName(one)));
    } catch (error) {
      console.error(`without ${name}: ${(error as Error).message}`);
    }
  }
  return folders;
}
