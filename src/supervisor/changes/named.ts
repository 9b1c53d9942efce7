/** Files that somebody has named: the user in the settings, or the options of the watcher in the command. */
import path from 'node:path';
import picomatch from 'picomatch';
import * as runtimes from '../../runtimes/registry.ts';
import type { ServerSpec } from '../../shared/spec.ts';

type Says = (file: string) => boolean;

export class NamedFiles {
  /** By the user, who means it whatever the server does with them. */
  readonly isUsers: Says;
  readonly isExcluded: Says;
  /** Folders to watch whole for them. */
  readonly trees: readonly string[];
  private readonly isWatchers: Says;

  constructor({ cwd, watch, watcher }: Pick<ServerSpec, 'cwd' | 'watch' | 'watcher'>) {
    const matching = (globs: readonly string[] = []): Says => {
      if (globs.length === 0) return () => false;
      const matches = picomatch([...globs], { dot: true });
      return (file) => matches(path.relative(cwd, file));
    };
    this.isUsers = matching(watch);
    this.isWatchers = matching(watcher?.watch);
    this.isExcluded = matching(watcher?.ignore);
    const all = [...watch, ...(watcher?.watch ?? [])];
    this.trees = all.map((glob) => path.resolve(cwd, picomatch.scan(glob).base));
  }

  has(file: string): boolean {
    return this.isUsers(file) || (this.isWatchers(file) && !runtimes.isDependency(file));
  }
}
