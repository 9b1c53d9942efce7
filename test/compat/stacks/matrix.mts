/** The matrix of other stacks: one line a row, and below it what each does not keep of the promise. */
import { align, none, number, ratioText } from '../../bench/figures/format.mts';
import { spread } from '../../bench/figures/stats.mts';
import { stackFaults, sum, type StackMeasured, type StackResult } from './result.mts';

type Column = readonly [title: string, cell: (measured: StackMeasured, row: StackResult) => string];

const columns: readonly Column[] = [
  ['way', ({ way }) => way.replace(/:\d+/, 'its port')],
  ['failed', ({ failures, requests }) => `${sum(failures)} of ${requests}`],
  ['stale', ({ stale }) => String(stale)],
  ['save → new, ms', ({ tookMs }) => tookOf(tookMs)],
  ['÷ cold boot', ({ tookMs, coldBootMs }) => ratioOf(tookMs, coldBootMs)],
  ['rollback seen', ({ rollback }) => (rollback === undefined ? none : (rollback.place ?? 'no place'))],
  [
    'drain seen: 2 s answers across swaps',
    ({ slow }) => (slow === undefined ? none : `${slow.across}, ${slow.cut} cut`),
  ],
  [
    'event stream',
    ({ events }) =>
      events === undefined
        ? none
        : `came back ${events.opened - 1} times, ${events.cut + events.refused} cut`,
  ],
  [
    'kept connections',
    ({ kept }) => (kept.asked === 0 ? none : `${Math.round((100 * kept.reused) / kept.asked)} %`),
  ],
  ['not promised', (_, row) => notPromisedOf(row)],
];

export function stackMatrixText(rows: readonly StackResult[]): string {
  const table = align([titles(), ...rows.map((row) => cellsOf(row))]);
  const faults = rows.flatMap((row) => stackFaults(row).map((fault) => `${row.name}: ${fault}`));
  const missing = rows.flatMap(({ name, missing: why }) => (why === undefined ? [] : [`${name}: ${why}`]));
  return [table, '', ...faults, ...missing].join('\n');
}

export function stackMatrixMarkdown(rows: readonly StackResult[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const header = titles();
  const measured = rows.filter(({ missing }) => missing === undefined);
  const table = [
    line(header),
    line(header.map(() => '---')),
    ...measured.map((row) => line(cellsOf(row, '`'))),
  ];
  const lines = rows.flatMap((row) => {
    if (row.missing !== undefined) return [`- ${row.title} was not there to be tried. ${row.missing}`];
    const faults = stackFaults(row);
    return faults.length === 0 ? [] : [`- ${row.title}: ${faults.join('; ')}`];
  });
  return [table.join('\n'), lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

function titles(): string[] {
  return ['server', 'its own command', ...columns.map(([title]) => title)];
}

function cellsOf(row: StackResult, quote = ''): string[] {
  const sign = row.measured !== undefined && stackFaults(row).length === 0 ? '' : ' ✗';
  const command = `${quote}${row.command}${quote}`;
  const first = [`${row.title} ${row.version}${sign}`.trim(), command];
  const { measured } = row;
  if (measured === undefined) return [...first, ...columns.map(() => none)];
  return [...first, ...columns.map(([, cell]) => cell(measured, row))];
}

function tookOf(tookMs: StackMeasured['tookMs']): string {
  const { median, max, n } = spread(tookMs.filter((one) => one !== null));
  return n === 0 ? none : `${number(median)} (${number(max)})`;
}

function ratioOf(tookMs: StackMeasured['tookMs'], coldBootMs: number): string {
  const { median, n } = spread(tookMs.filter((one) => one !== null));
  return n === 0 ? none : ratioText(median / coldBootMs);
}

function notPromisedOf({ notPromised, mayFail, mayBeStale, measured }: StackResult): string {
  const alone = sum(measured?.bareFailures ?? {});
  const bare = alone === 0 ? [] : [`without Hot Swap and without a save, ${alone} fail in two seconds`];
  return [notPromised, mayFail, mayBeStale, ...bare].filter((one) => one !== undefined).join('; ');
}
