/** What a process that fails has printed, for the runtimes that look for the place in it. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Without colours, by lines as they are everywhere. */
export function plainText(printed: string): string {
  return stripVTControlCharacters(printed).replaceAll('\r\n', '\n');
}

/** Whether a place in `file` is one in the code of whoever works in `root`. */
export function isUsersCode(file: string, root: string, isDependency: (file: string) => boolean): boolean {
  const [first] = path.relative(root, file).split(path.sep);
  return path.isAbsolute(file) && first !== '..' && !isDependency(file);
}
