/** The little that detection needs of a file system; passed in, so that tests need none. */
import { readdir, readFile as read } from 'node:fs/promises';

/** A file's text, or undefined if it can't be read. */
export type ReadFile = (path: string) => Promise<string | undefined>;

export interface Files {
  readonly readFile: ReadFile;
  /** Names of the folders in a folder; empty if it can't be read. */
  readonly readFolders: (path: string) => Promise<readonly string[]>;
}

export const readFile: ReadFile = (path) => read(path, 'utf8').catch(() => undefined);

export const diskFiles: Files = {
  readFile,
  readFolders: async (path) => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  },
};
