/** Whether git is at work on the files of a folder: a checkout, a stash, one step of a rebase. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export class GitLock {
  /** Folder → the file that is there while git works, if it belongs to a repository. */
  private readonly locks = new Map<string, string | undefined>();

  isHeld(file: string): boolean {
    const lock = this.lockOf(path.dirname(file));
    return lock !== undefined && existsSync(lock);
  }

  private lockOf(folder: string): string | undefined {
    if (this.locks.has(folder)) return this.locks.get(folder);
    const above = path.dirname(folder);
    const lock = lockIn(folder) ?? (above === folder ? undefined : this.lockOf(above));
    this.locks.set(folder, lock);
    return lock;
  }
}

/** gitrepository-layout(5): `.git` is a folder, or a file that names it (worktrees, submodules). */
function lockIn(folder: string): string | undefined {
  const git = path.join(folder, '.git');
  try {
    const [, named] = /^gitdir: (.*)$/m.exec(readFileSync(git, 'utf8')) ?? [];
    return named === undefined ? undefined : path.join(path.resolve(folder, named), 'index.lock');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR' ? path.join(git, 'index.lock') : undefined;
  }
}
