import { align, none, number, ratioText } from '../../bench/figures/format.mts';
import { spread } from '../../bench/figures/stats.mts';
import { exceptions } from '../exceptions.mts';
import type { Measured, RowResult } from './result.mts';
import { broken, failedOf } from './verdict.mts';

type Column = readonly [title: string, cell: (measured: Measured, row: RowResult) => string];

const columns: readonly Column[] = [
  ['modules', ({ modules }) => (Number.isFinite(modules) ? String(modules) : none)],
  ['cold boot, ms', ({ coldBootMs }) => number(coldBootMs)],
  ['save → new ÷ cold boot', saveToNew],
  ['failed', (measured) => `${failedOf(measured)} of ${measured.requests}`],
  ['stale', ({ stale }) => String(stale)],
  [
    'broken edit',
    ({ broken: { refused, place } }) => (refused ? `refused: ${place ?? 'no place'}` : 'not refused'),
  ],
  ['ready late', ({ readyLate }) => String(readyLate)],
  ['standby', ({ standby }) => ('none' in standby ? 'none' : `${standby.modules} modules`)],
  ['left out of it', leftOut],
  ['not promised', (_, { notPromised }) => notPromised ?? ''],
];

/** One line a row, and below it what it breaks. */
export function matrixText(rows: readonly RowResult[]): string {
  const cells = rows.map((row) => cellsOf(row));
  const table = align([titles(), ...cells]);
  const faults = rows.flatMap((row) => broken(row).map((fault) => `${row.name}: ${fault}`));
  return [table, '', ...faults].join('\n');
}

export function matrixMarkdown(rows: readonly RowResult[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const header = titles();
  return [line(header), line(header.map(() => '---')), ...rows.map((row) => line(cellsOf(row, '`')))].join(
    '\n',
  );
}

function titles(): string[] {
  return ['server', 'its own command', ...columns.map(([title]) => title)];
}

function cellsOf(row: RowResult, quote = ''): string[] {
  const sign = broken(row).length === 0 ? '' : row.name in exceptions ? ' ¹' : ' ✗';
  const commands = [row.command, row.script ?? []].flat().map((command) => `${quote}${command}${quote}`);
  const first = [`${row.title} ${row.version}${sign}`, commands.join(': ')];
  const { measured } = row;
  if (measured === undefined) return [...first, ...columns.map(() => none)];
  return [...first, ...columns.map(([, cell]) => cell(measured, row))];
}

/** The median, and the longest. */
function saveToNew({ saves, coldBootMs }: Measured): string {
  const ratios = saves.flatMap(({ tookMs }) => (tookMs === undefined ? [] : [tookMs / coldBootMs]));
  const { median, max, n } = spread(ratios);
  const after = saves.flatMap(({ tookMs, builtMs }) =>
    tookMs === undefined || builtMs === undefined ? [] : [tookMs - builtMs],
  );
  const build = after.length === 0 ? '' : `, ${number(spread(after).median)} ms after the build`;
  return n === 0 ? none : `${ratioText(median)} (${ratioText(max)})${build}`;
}

function leftOut({ standby }: Measured): string {
  if ('none' in standby) return standby.none;
  const names = standby.leftOut.map((one) => one.replace(/ \(.*/, ''));
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
