/** What Hot Swap's events say of a row. */
import path from 'node:path';
import type { HandoffEvent } from '../../../src/shared/model.ts';
import { isRefusal } from '../measure/hot.mts';
import type { Written } from '../measure/edits.mts';
import type { Saved } from '../measure/work.mts';
import type { BrokenResult, Measured, SaveResult } from './result.mts';

export interface Told {
  readonly events: readonly HandoffEvent[];
  /** When the first generation served and the load began. */
  readonly start: number;
  readonly saved: readonly Saved[];
  readonly broken: Written;
}

/** Whose doing each generation was: that of the last save before it. */
export function countSwaps({ events, start, saved, broken }: Told): Pick<Measured, 'saves' | 'uncaused'> {
  const caused = new Set<HandoffEvent>();
  const writes = [...saved.map(({ time }) => time), broken.time].sort((a, b) => a - b);
  const saves = saved.map((save): SaveResult => {
    const next = writes.find((time) => time > save.time) ?? Infinity;
    const during = events.filter(({ time }) => time >= save.time && time < next);
    const starting = during.filter((event) => event.event === 'starting');
    for (const [i, event] of starting.entries()) {
      // One that was started in vain for the same save is among the starts.
      if (i === 0 || event.cause.files.some((file) => file.endsWith(`/${save.file}`))) caused.add(event);
    }
    const first = starting[0];
    return {
      kind: save.kind,
      file: save.file,
      number: save.number,
      expected: save.expected,
      swaps: during.filter(({ event }) => event === 'serving').length,
      starts: starting.length,
      ...(save.seen === undefined ? {} : { tookMs: save.seen - save.time }),
      ...(first && { origin: first.origin }),
      ...(first?.noStandby === undefined ? {} : { noStandby: first.noStandby }),
      ...(save.built === undefined ? {} : { builtMs: save.built - save.time }),
    };
  });
  const afterBroken = writes.find((time) => time > broken.time) ?? Infinity;
  const uncaused = events
    .filter((event) => event.event === 'starting')
    .filter((event) => event.time > start && !caused.has(event))
    .filter(({ time }) => !(time >= broken.time && time < afterBroken))
    .map(({ generation, cause }) => `gen ${generation}: ${cause.kind} ${cause.files.map(name).join(', ')}`);
  return { saves, uncaused };
}

export function readBroken({ events, saved, broken }: Told, folder: string): BrokenResult {
  const mended = saved.at(-1)?.time ?? Infinity;
  const expectedPlace = `${broken.file}:${broken.line ?? 0}`;
  const during = events.filter(({ time }) => time >= broken.time && time < mended);
  const refusal = during.find(isRefusal);
  const served = during.some(({ event }) => event === 'serving');
  if (refusal === undefined) return { refused: false, expectedPlace };
  const { file, line, message } = refusal;
  const place = file === undefined ? undefined : `${path.relative(folder, file)}:${line ?? '?'}`;
  return { refused: !served, expectedPlace, message, ...(place === undefined ? {} : { place }) };
}

export function readStandby(events: readonly HandoffEvent[]): Measured['standby'] {
  const standby = events.filter((event) => event.event === 'standby');
  const warm = standby.findLast(({ state }) => state === 'warm');
  if (warm?.state === 'warm') return { modules: warm.modules, leftOut: warm.leftOut };
  const dropped = standby.findLast(({ state }) => state === 'dropped');
  return { none: dropped?.state === 'dropped' ? dropped.why : 'not told' };
}

const name = (file: string): string => path.basename(file);
