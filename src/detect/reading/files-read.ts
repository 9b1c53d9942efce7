/** The files that a command is read of: package.json, nodemon.json, scripts. When one of them changes, it may be another. */
import path from 'node:path';
import type { ReadFile } from './files.ts';

export class FilesRead {
  private readonly files = new Set<string>();

  constructor(private readonly read: ReadFile) {}

  /** What is not there counts, too: it may come. */
  readonly readFile: ReadFile = (file) => {
    this.files.add(file);
    return this.read(file);
  };

  /** One of these (absolute paths). */
  has(files: readonly string[]): boolean {
    return files.some((file) => this.files.has(file));
  }

  /** A watcher's own settings, relative to `cwd`: no runtime loads them, so they are to be watched. */
  settings(cwd: string): readonly string[] {
    const settings = [...this.files].filter((file) => path.basename(file) === 'nodemon.json');
    return settings.map((file) => path.relative(cwd, file));
  }
}
