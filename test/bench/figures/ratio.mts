import { quantile } from './stats.mts';

interface Paced {
  perSecond: number[];
}

export interface Ratio {
  median: number;
  /** Half the width of the interval that holds the true median 19 times of 20, by order statistics. */
  plusMinus: number;
}

/** Round by round, so that a machine that slows down for a while slows both sides of a ratio. */
export function ratioOf(one: Paced, base: Paced): Ratio {
  const sorted = one.perSecond.map((perSecond, i) => perSecond / base.perSecond[i]!).sort((a, b) => a - b);
  const reach = 0.98 / Math.sqrt(sorted.length);
  const low = quantile(sorted, Math.max(0, 0.5 - reach));
  const high = quantile(sorted, Math.min(1, 0.5 + reach));
  return { median: quantile(sorted, 0.5), plusMinus: (high - low) / 2 };
}

export function showRatio({ median, plusMinus }: Ratio): string {
  return `${median.toFixed(3)} ± ${plusMinus.toFixed(3)}`;
}
