/** The saves of a row, one after the other, as a person would: save, see it, go on. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../load/load.mts';
import type { Recipe, SaveKind } from '../recipe.mts';
import { type Edits, saveKinds, type Written } from './edits.mts';
import type { Hot } from './hot.mts';
import type { Site } from './site.mts';

export interface Work {
  readonly recipe: Recipe;
  readonly site: Site;
  readonly hot: Hot;
  readonly load: Load;
  readonly edits: Edits;
}

export interface Saved extends Written {
  readonly kind: SaveKind | 'mended';
  readonly number: number;
  readonly expected: 'swap' | 'none';
  /** When an answer knew of it, if they tell; when a generation served, if they don't. */
  readonly seen?: number;
  readonly built?: number;
}

/** Until it is said that a save is never served; less for one that comes after such a save. */
const patienceMs = 60_000;
const impatientMs = 15_000;
/** A save that was refused is not waited for any longer. */
const afterRefusalMs = 3_000;
const warmPatienceMs = 40_000;
const pauseMs = 1_000;
/** For what must not be a swap to become one. */
const nothingMs = 3_000;

export async function saveAll(work: Work): Promise<Saved[]> {
  const saved: Saved[] = [];
  for (const kind of saveKinds) saved.push(await saveOne(work, kind, saved.length + 1, patienceAfter(saved)));
  return saved;
}

function patienceAfter(saved: readonly Saved[]): number {
  const lost = saved.some(({ expected, seen }) => expected === 'swap' && seen === undefined);
  return lost ? impatientMs : patienceMs;
}

async function saveOne(work: Work, kind: SaveKind, number: number, patience: number): Promise<Saved> {
  const { hot, edits, load } = work;
  const { expect = 'swap' } = edits.of(kind);
  const written = edits.save(kind, number);
  if (expect === 'none') {
    await sleep(nothingMs);
    return { ...written, kind, number, expected: expect };
  }
  const told = hot.serving(patience, written.time).then((event) => event?.time);
  const answered = edits.shows(kind) ? load.untilSeen(number, patience) : told;
  const refused = hot.refusal(patience, written.time).then(() => sleep(afterRefusalMs, undefined));
  const seen = await Promise.race([answered, refused]);
  const built = builtOf(work, written.time);
  if (seen !== undefined) await hot.untilWarm(seen - 1, warmPatienceMs);
  await sleep(pauseMs);
  return {
    ...written,
    kind,
    number,
    expected: expect,
    ...(seen === undefined ? {} : { seen }),
    ...(built === undefined ? {} : { built }),
  };
}

/** Breaks a file, sees it refused, mends it. */
export async function breakAndMend(
  work: Work,
  saved: readonly Saved[],
): Promise<{ broken: Written; mended: Saved }> {
  const { recipe, hot, edits } = work;
  const patience = patienceAfter(saved);
  const kind = recipe.breaks ?? 'route';
  const broken = edits.saveBroken(kind);
  const refusal = await hot.refusal(patience, broken.time);
  if (refusal !== undefined) await hot.untilWarm(refusal.time, warmPatienceMs);
  await sleep(pauseMs);
  const mended = await saveOne(work, kind, saved.length + 1, patience);
  return { broken, mended: { ...mended, kind: 'mended' } };
}

function builtOf({ recipe, site }: Work, since: number): number | undefined {
  if (recipe.builds === undefined) return undefined;
  const file = site.at(recipe.builds.to);
  const time = fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
  return time >= since ? time : undefined;
}
