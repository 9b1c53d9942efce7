/** Files that are written by other means than a runtime's own: databases and locks, from native code. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

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
