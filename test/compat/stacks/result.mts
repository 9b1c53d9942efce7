/** What a row of another stack has shown; in the JSON file as it is here. */
import type { StreamResult } from '../figures/result.mts';

export interface StackResult {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly command: string;
  readonly at: string;
  readonly notPromised?: string;
  readonly mayFail?: string;
  readonly mayBeStale?: string;
  /** Why there is nothing else. */
  readonly missing?: string;
  readonly problem?: string;
  readonly measured?: StackMeasured;
}

export interface StackMeasured {
  /** As its status says it: `adapter`, `front on :8080`. */
  readonly way: string;
  readonly coldBootMs: number;
  readonly requests: number;
  /** What went wrong → how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** The same of a second without Hot Swap, in which nobody saves. */
  readonly bareFailures: Readonly<Record<string, number>>;
  readonly stale: number;
  /** Milliseconds from each save to the first answer of it; null: never. */
  readonly tookMs: readonly (number | null)[];
  /** Whether the broken edit was refused, and where; absent where there is none. */
  readonly rollback?: { readonly refused: boolean; readonly place?: string };
  /** Answers that took two seconds: all, those in which a swap fell, those that were cut. */
  readonly slow?: { readonly all: number; readonly across: number; readonly cut: number };
  readonly events?: StreamResult;
  /** Requests on a connection that had answered before, and how many there could be. */
  readonly kept: { readonly reused: number; readonly asked: number };
  readonly leftRunning: readonly string[];
  readonly evidence: readonly string[];
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

/** What of the promise it does not keep, in a few words each. */
export function stackFaults({ missing, problem, measured, mayFail, mayBeStale }: StackResult): string[] {
  if (missing !== undefined) return [];
  if (measured === undefined) return [problem?.split('\n', 1)[0] ?? 'not measured'];
  const { failures, stale, tookMs, rollback, slow, events, leftRunning } = measured;
  const amount = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);
  return [
    ...(mayFail === undefined ? amount(sum(failures), 'failed') : []),
    ...(mayBeStale === undefined ? amount(stale, 'stale') : []),
    ...amount(tookMs.filter((one) => one === null).length, 'saves never served'),
    ...(rollback === undefined || (rollback.refused && rollback.place !== undefined)
      ? []
      : ['broken edit not refused at its place']),
    ...amount(slow?.cut ?? 0, 'slow answers cut'),
    ...(mayFail === undefined
      ? amount((events?.cut ?? 0) + (events?.refused ?? 0), 'event streams cut')
      : []),
    ...amount(leftRunning.length, 'left running'),
  ];
}
