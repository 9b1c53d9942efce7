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

/** Until it is said that a save is never served. */
const patienceMs = 90_000;
const warmPatienceMs = 15_000;
const pauseMs = 1_000;
/** For what must not be a swap to become one. */
const nothingMs = 3_000;

export async function saveAll(work: Work): Promise<Saved[]> {
  const saved: Saved[] = [];
  for (const kind of saveKinds) saved.push(await saveOne(work, kind, saved.length + 1));
  return saved;
}

async function saveOne(work: Work, kind: SaveKind, number: number): Promise<Saved> {
  const { hot, edits, load } = work;
  const { expect = 'swap' } = edits.of(kind);
  const written = edits.save(kind, number);
  if (expect === 'none') {
    await sleep(nothingMs);
    return { ...written, kind, number, expected: expect };
  }
  const serving = hot.event('serving', patienceMs, written.time).then((event) => event?.time);
  const seen = edits.shows(kind) ? await load.untilSeen(number, patienceMs) : await serving;
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
export async function breakAndMend(work: Work, number: number): Promise<{ broken: Written; mended: Saved }> {
  const { recipe, hot, edits } = work;
  const kind = recipe.breaks ?? 'route';
  const broken = edits.saveBroken(kind);
  await hot.event('rolledBack', patienceMs, broken.time);
  await sleep(pauseMs);
  const mended = await saveOne(work, kind, number);
  return { broken, mended: { ...mended, kind: 'mended' } };
}

function builtOf({ recipe, site }: Work, since: number): number | undefined {
  if (recipe.builds === undefined) return undefined;
  const file = site.at(recipe.builds.to);
  const time = fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
  return time >= since ? time : undefined;
}
