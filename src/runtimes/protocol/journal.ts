/**
 * What the processes of a generation do to files, as lines of a file that they append to: it is there before anybody
 * sees the change, and outlives who wrote it. `PID LETTER PATH`; a path with a line break is left out.
 */
import path from 'node:path';

/** What a line says of a file (absolute path), by its letter. */
const deeds = {
  /** Of the process itself: `ProcessNote` as JSON, before its other lines. */
  process: 'P',
  /** When its next lines were told (ms since the epoch): what they say was done before that. */
  told: 'T',
  /** It was read, and may be kept. */
  reads: 'R',
  /** It was read for the process, before that began. */
  begins: 'B',
  /** It is read anew each time: what was read of it is not kept. */
  rereads: 'A',
  /** About to be written, replaced or removed. */
  writes: 'W',
  /** About to be made while the server boots, where there was none. */
  makes: 'M',
  /** It was looked for while the server booted, and is not there. */
  seeks: 'S',
  /** A module of this name, with any ending or as a folder, was to be loaded, and is not there. */
  needs: 'N',
  /** A folder of which it was looked what is in it, while the server booted. */
  lists: 'L',
  /** A folder of which so many files were read, one after the other, that no more are told. */
  wholes: 'F',
  /** A file or folder whose changes it wants to be told: it takes them up itself. */
  watches: 'V',
} as const;

export type Deed = keyof typeof deeds;

export interface ProcessNote {
  /** Processes above it that take part, the nearest last. */
  readonly by: readonly number[];
  /** Its main file is the user's, or another process gave it work by a channel. */
  readonly own: boolean;
  /** It only does something for who started it. */
  readonly helps?: boolean;
}

export interface Entry {
  readonly pid: number;
  readonly deed: Deed;
  /** Or JSON, or a time. */
  readonly about: string;
}

const byLetter = new Map(Object.entries(deeds).map(([deed, letter]) => [letter as string, deed as Deed]));

export function entryLine({ pid, deed, about }: Entry): string {
  return about.includes('\n') ? '' : `${String(pid)} ${deeds[deed]} ${about}\n`;
}

export function parseEntry(line: string): Entry | undefined {
  const [, pid, letter = '', about = ''] = /^(\d+) ([A-Z]) (.+)$/s.exec(line) ?? [];
  const deed = byLetter.get(letter);
  return deed === undefined ? undefined : { pid: Number(pid), deed, about };
}

/** `folder`: the supervisor's own. */
export function journalsOf(folder: string): string {
  return path.join(folder, 'journals');
}

/** Of what threads do, who know of their process only: beside the journal of its generation. */
export function threadsJournalOf(journals: string, pid: number): string {
  return path.join(journals, String(pid));
}
