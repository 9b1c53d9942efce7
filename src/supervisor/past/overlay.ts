/**
 * Earlier code that a generation is to run: of some files, what they were. It lies in the supervisor's own folder, where
 * the generation's processes read it instead of what is on disk; the user's files stay as they are.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cause } from '../../shared/model.ts';

export interface Overlay {
  /** The generation that first had this code. */
  readonly codeOf: number;
  /** Files that were another, by absolute path. */
  readonly files: readonly string[];
  /** JSON of path → path of what is read instead. */
  readonly table: string;
}

const name = 'past';
let last = 0;

/** @param contents by absolute path */
export function writeOverlay(
  folder: string,
  codeOf: number,
  contents: ReadonlyMap<string, Uint8Array>,
): Overlay {
  last += 1;
  const own = path.join(folder, name, `${String(process.pid)}-${String(last)}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const table: Record<string, string> = {};
  for (const [file, content] of contents) {
    const place = path.join(own, String(Object.keys(table).length) + path.extname(file));
    writeFileSync(place, content, { mode: 0o600 });
    table[file] = place;
  }
  const file = path.join(own, 'table.json');
  writeFileSync(file, JSON.stringify(table), { mode: 0o600 });
  return { codeOf, files: [...contents.keys()], table: file };
}

export function removeOverlay({ table }: Overlay): void {
  rmSync(path.dirname(table), { recursive: true, force: true });
}

/** Those of a supervisor that was killed. */
export function sweepOverlays(folder: string): void {
  rmSync(path.join(folder, name), { recursive: true, force: true });
}

/** Which generation of a server runs what: the one asked for now, and the same again where one comes back. */
export class Overlays {
  private asked: Overlay | undefined;
  private current: Overlay | undefined;

  /** The next generation that is started to go back gets it. */
  ask(overlay: Overlay): void {
    this.asked = overlay;
  }

  /** What a generation that is started for that reason is to run; undefined: what is on disk. */
  of({ kind }: Cause): Overlay | undefined {
    if (kind === 'back') return this.asked;
    return kind === 'crash' || kind === 'handDown' ? this.current : undefined;
  }

  /** A generation serves that runs this. */
  serves(overlay: Overlay | undefined): void {
    const former = this.current;
    this.current = overlay;
    if (former !== undefined && former !== overlay && former !== this.asked) removeOverlay(former);
  }
}
