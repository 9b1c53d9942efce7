/** What a server writes, as it tells, and as can be seen where it does not: native code tells nobody. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import path from 'node:path';

/** https://www.sqlite.org/fileformat.html#the_database_header */
const sqlite = 'SQLite format 3\0';
/** Beside a database that is in use. */
const beside = ['-wal', '-journal', '-shm'];

/** What programs make for themselves; it is asked for before it is there, and read to know whose it is. */
const names = /[./\\](?:pid|lock|log|sock|tmp|db3?|db-\w+|sqlite3?|sqlite3?-\w+|mdb|rdb)$/i;

export function isNamedAsData(file: string): boolean {
  return names.test(file);
}

export function isDatabase(file: string): boolean {
  return (
    beside.some((ending) => existsSync(file + ending) || file.endsWith(ending)) || startOf(file) === sqlite
  );
}

/** What one server's generations have written. */
export class OwnData {
  private readonly files = new Set<string>();
  private readonly folders = new Set<string>();
  private readonly cwd: string;

  /** `cwd`: the server's folder, by its real path. */
  constructor(cwd: string) {
    this.cwd = cwd;
  }

  add(file: string): void {
    this.files.add(file);
    const folder = this.hiddenFolderOf(file);
    if (folder !== undefined) this.folders.add(folder);
  }

  /**
   * Also of all else in a hidden folder in which it writes: what a tool keeps there (`.next`, `.nuxt`, `.cache`) is
   * written by its native parts, too.
   */
  has(file: string): boolean {
    if (this.files.has(file)) return true;
    const folder = this.folders.size === 0 ? undefined : this.hiddenFolderOf(file);
    return folder !== undefined && this.folders.has(folder);
  }

  /** The outermost one in the server's folder. */
  private hiddenFolderOf(file: string): string | undefined {
    const names = path.relative(this.cwd, path.dirname(file)).split(path.sep);
    if (names[0] === '..') return undefined;
    const hidden = names.findIndex((name) => name.startsWith('.'));
    return hidden < 0 ? undefined : path.join(this.cwd, ...names.slice(0, hidden + 1));
  }
}

function startOf(file: string): string {
  const piece = Buffer.alloc(sqlite.length);
  try {
    const fd = openSync(file, 'r');
    try {
      return piece.toString('latin1', 0, readSync(fd, piece));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ''; // gone, or not to be read
  }
}
