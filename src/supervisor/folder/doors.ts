/** The files of side doors: who ends by a signal leaves them, and nobody else knows of them. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** As participants name them. */
const doorName = /^g\d+-\d+-\d+/;

/** `doors`: paths that a generation has told, of which only those in `folder` can be doors. */
export function removeDoors(folder: string, doors: Iterable<string>): void {
  for (const door of doors) if (path.dirname(door) === folder) rmSync(door, { force: true });
}

/** Those of a supervisor that was killed. */
export function sweepDoors(folder: string): void {
  for (const name of readdirSync(folder))
    if (doorName.test(name)) rmSync(path.join(folder, name), { force: true });
}
