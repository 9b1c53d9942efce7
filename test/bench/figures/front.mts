import type { FrontCost } from '../measure/front.mts';
import { check, type Check } from './check.mts';
import { align, spreadText } from './format.mts';
import { ratioOf, showRatio } from './ratio.mts';
import { spread } from './stats.mts';

const mostMs = 0.3;
const leastThroughput = 0.7;

export function frontTable(cost: FrontCost | undefined): string {
  if (cost === undefined) return '';
  if (cost.missing !== undefined) return `front: not measured: ${cost.missing}`;
  return align([
    ['a plain Go server', 'a request, ms', 'requests/s', '÷ bare'],
    ...cost.contestants.map((one) => [
      one.name,
      spread(one.medianMs).median.toFixed(3),
      spreadText(spread(one.perSecond)),
      showRatio(ratioOf(one, cost.contestants[0]!)),
    ]),
  ]);
}

export function frontChecks(cost: FrontCost | undefined): Check[] {
  const [bare, , fronted] = cost?.contestants ?? [];
  if (bare === undefined || fronted === undefined) return [];
  const moreMs = spread(fronted.medianMs).median - spread(bare.medianMs).median;
  const ratio = ratioOf(fronted, bare);
  const errors = bare.errors + fronted.errors;
  const notes = errors === 0 ? '' : `, ${String(errors)} errors`;
  return [
    check('front: more for a request', `${moreMs.toFixed(2)} ms`, `≤ ${String(mostMs)} ms`, moreMs <= mostMs),
    check(
      'front: throughput ÷ bare',
      `${showRatio(ratio)}${notes}`,
      `≥ ${String(leastThroughput)}`,
      ratio.median >= leastThroughput && errors === 0,
    ),
  ];
}
