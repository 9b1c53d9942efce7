import type { Measured, RowResult } from './result.mts';

/** What of the promise a row does not keep, each in a few words; empty if it keeps all. */
export function broken(row: RowResult): string[] {
  if (row.measured === undefined) return [firstLine(row.problem ?? 'not measured')];
  const { measured } = row;
  return [
    ...amount(failedOf(measured), 'failed'),
    ...amount(measured.stale, 'stale'),
    ...amount(measured.readyLate, 'answered with 500 and above'),
    ...measured.saves.flatMap(ofSave),
    ...amount(measured.uncaused.length, 'swaps that nobody caused'),
    ...ofBroken(measured),
    ...amount(measured.streams?.refused ?? 0, 'streams refused'),
    ...amount(measured.streams?.cut ?? 0, 'streams cut'),
    ...amount(measured.buildersStarted ?? 0, 'builders started again'),
    ...amount(measured.leftRunning.length, 'left running'),
  ];
}

export function failedOf({ failures }: Measured): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function ofSave({ kind, expected, swaps, starts, tookMs }: Measured['saves'][number]): string[] {
  if (expected === 'none') return starts === 0 ? [] : [`${kind}: swapped, though nothing of it is loaded`];
  if (swaps === 0) return [`${kind}: never served`];
  if (tookMs === undefined) return [`${kind}: swapped, but its answers are not the saved ones`];
  return swaps === 1 ? [] : [`${kind}: swapped ${swaps} times`];
}

function ofBroken({ broken: { refused, place, expectedPlace } }: Measured): string[] {
  if (!refused) return ['broken edit not refused'];
  return place === expectedPlace
    ? []
    : [`broken edit refused at ${place ?? 'no place'}, not ${expectedPlace}`];
}

function amount(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
