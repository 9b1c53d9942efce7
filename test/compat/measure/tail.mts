import fs from 'node:fs';

/** The end of a file that may be larger than memory, or nothing if there is none. */
export function tail(file: string, bytes: number): string {
  if (!fs.existsSync(file)) return '';
  const fd = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    const end = Buffer.alloc(Math.min(size, bytes));
    fs.readSync(fd, end, 0, end.length, size - end.length);
    return end.toString('utf8');
  } finally {
    fs.closeSync(fd);
  }
}
