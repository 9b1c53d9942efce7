/** Where generations tell what they do to files. */
import { mkdirSync, rmSync } from 'node:fs';
import { journalsOf } from '../../runtimes/protocol/journal.ts';

/** Without those of a supervisor that was killed. */
export function prepareJournals(folder: string): void {
  const journals = journalsOf(folder);
  rmSync(journals, { recursive: true, force: true });
  mkdirSync(journals, { recursive: true, mode: 0o700 });
}
