import type { Latencies, Spread } from './stats.mts';

export const none = '–';

/** Milliseconds or any other number: median (least–most). */
export function spreadText({ median, min, max, n }: Spread): string {
  return n === 0 ? none : `${number(median)} (${number(min)}–${number(max)})`;
}

export function latencyText({ p50, p99, max, n }: Latencies): string {
  return n === 0 ? none : [p50, p99, max].map(number).join(' ');
}

/** Three figures are enough, and all that can be believed. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return none;
  return value.toFixed(Math.abs(value) < 10 ? 1 : 0);
}

export function ratioText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : 0) : none;
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : none;
}

export function list(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

export function align(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
