/** A person at work on a server's own files. */
import fs from 'node:fs';
import { markLine } from '../load/marks.mts';
import type { Recipe, Save, SaveKind } from '../recipe.mts';
import type { Site } from './site.mts';

export const saveKinds = ['entry', 'route', 'deep', 'config'] as const satisfies readonly SaveKind[];

/** What was written, and when: just before the first byte. */
export interface Written {
  readonly file: string;
  readonly time: number;
  /** Of what does not parse. */
  readonly line?: number;
}

export class Edits {
  private readonly originals: ReadonlyMap<SaveKind, string>;

  constructor(
    private readonly recipe: Recipe,
    private readonly site: Site,
  ) {
    this.originals = new Map(
      saveKinds.map((kind) => [kind, fs.readFileSync(site.at(this.of(kind).file), 'utf8')]),
    );
  }

  of(kind: SaveKind): Save {
    const save = this.recipe.saves[kind];
    return typeof save === 'string' ? { file: save } : save;
  }

  /** Whether answers tell that a save of it is in them. */
  shows(kind: SaveKind): boolean {
    const { file, edit, shows, expect } = this.of(kind);
    return shows ?? (edit === undefined && expect !== 'none' && isCode(file));
  }

  save(kind: SaveKind, number: number): Written {
    const { file, edit } = this.of(kind);
    const text = this.originals.get(kind)!;
    const changed = edit === undefined ? editOf(file, text, kind, number) : edit(text, number);
    if (changed === text) throw new Error(`save ${number} of ${file} would change nothing`);
    return { file, time: write(this.site.at(file), changed) };
  }

  /** In a way that no language of ours reads. */
  saveBroken(kind: SaveKind): Written {
    const { file } = this.of(kind);
    const text = `${lineBreak(this.originals.get(kind)!)}}\n`;
    return { file, line: text.split('\n').length - 1, time: write(this.site.at(file), text) };
  }
}

function isCode(file: string): boolean {
  return !/\.(json|info|ya?ml|env|toml|txt)$|(^|\/)\.env/.test(file);
}

function editOf(file: string, text: string, kind: SaveKind, number: number): string {
  if (isCode(file)) return `${lineBreak(text)}${markLine(file, kind, number)}\n`;
  if (!/\.(json|info)$/.test(file)) return `${lineBreak(text)}# save ${number}\n`;
  // Whatever is in it stays as it is written, comments too.
  return text.replace(/\{/, `{ "compatSave": ${number},`);
}

function lineBreak(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** As VS Code saves: the same inode, truncated, written, synced. */
function write(file: string, text: string): number {
  const before = Date.now();
  const fd = fs.openSync(file, 'w');
  fs.writeSync(fd, text);
  fs.fdatasyncSync(fd);
  fs.closeSync(fd);
  return before;
}
