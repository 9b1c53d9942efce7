/** Which files are the user's own, wherever they lie and by whatever links they were reached. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, sep } from '../engine/paths.ts';
import { isDependency } from '../../dependency.ts';

/** What package managers leave in a folder that they fill. */
const marks = ['.package-lock.json', '.modules.yaml', '.yarn-integrity', '.yarn-state.yml', '.bin'];

export class Ownership {
  /** The repository or workspace that the server is in, or its folder. */
  readonly root: string;
  /** Folder named node_modules → whether it was filled by a package manager. */
  private readonly installed = new Map<string, boolean>();
  /** Folder of a package → where it really is. */
  private readonly real = new Map<string, string>();

  constructor(folder: string) {
    this.root = rootOf(folder);
  }

  /** Where the user has it; undefined: it is a dependency's, or git's. */
  own(file: string): string | undefined {
    if (!isDependency(file)) return file;
    if (file.includes(`${sep}.git${sep}`)) return undefined;
    for (const { index } of file.matchAll(/[\\/]node_modules(?=[\\/])/g)) {
      const folder = file.slice(0, index + 'node_modules'.length + 1);
      if (!this.isInstalled(folder)) continue;
      const [name] = /^[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(file.slice(folder.length)) ?? [];
      if (name === undefined) return undefined;
      const linked = this.realOf(folder + name);
      // A package of the workspace is linked to where it is written.
      return linked === folder + name || isDependency(linked + sep)
        ? undefined
        : this.own(linked + file.slice(folder.length + name.length));
    }
    return file;
  }

  isOwn(file: string): boolean {
    return this.own(file) !== undefined;
  }

  /** A package manager puts it beside a package.json; who keeps sources in a folder of that name does not. */
  private isInstalled(folder: string): boolean {
    let is = this.installed.get(folder);
    if (is === undefined) {
      const parent = dirname(folder);
      const isApart = !`${folder}${sep}`.startsWith(`${this.root}${sep}`) || parent === this.root;
      is =
        isApart ||
        existsSync(`${parent}${sep}package.json`) ||
        marks.some((mark) => existsSync(`${folder}${sep}${mark}`));
      this.installed.set(folder, is);
    }
    return is;
  }

  private realOf(folder: string): string {
    let real = this.real.get(folder);
    if (real === undefined) {
      try {
        real = realpathSync.native(folder);
      } catch {
        real = folder;
      }
      this.real.set(folder, real);
    }
    return real;
  }
}

/** The nearest with a repository, or the topmost with a package.json; not all that a user has. */
function rootOf(folder: string): string {
  let root = folder;
  for (let at = folder; at !== dirname(at) && at !== process.env['HOME']; at = dirname(at)) {
    if (existsSync(`${at}${sep}package.json`)) root = at;
    if (existsSync(`${at}${sep}.git`)) return at;
  }
  return root;
}
