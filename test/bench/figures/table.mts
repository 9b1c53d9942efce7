import { ratioOf, showRatio } from './ratio.mts';
import type { Results } from './results.mts';
import type { Latencies, Spread } from './stats.mts';
import { spread } from './stats.mts';
import type { Summary } from './summary.mts';
import { failures } from './verdict.mts';

/** The whole report as text. */
export function report(results: Results): string {
  const parts = [
    `${results.edits} edits, ${results.rate} requests a second; ${list(results.versions)}`,
    `cold boot ${ms(results.coldBootMs)} ms`,
    peersTable(results),
    throughputTable(results),
    align(results.checks.map((c) => [c.ok ? 'ok    ' : 'MISSED', c.name, c.found, c.target])),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

type Row = [title: string, cell: (summary: Summary) => string];

function peersTable({ peers, coldBootMs }: Results): string {
  if (peers.length === 0) return '';
  const rows: Row[] = [
    ['failed requests', (s) => `${failures(s)} of ${s.requests}`],
    ['  by error', (s) => list(s.failed) || '–'],
    ['  per save', (s) => (failures(s) / s.saves).toFixed(1)],
    ['streams incomplete', (s) => `${s.streams.incomplete} of ${s.streams.asked}`],
    ['  whole across a swap', (s) => String(s.streams.acrossSwaps)],
    ['stale A', (s) => String(s.staleA)],
    ['stale B', (s) => String(s.staleB ?? '–')],
    ['old code after save', (s) => String(s.oldAfterSave)],
    ['answered while broken', (s) => percent(s.answeredWhileBroken)],
    ['saves never seen', (s) => String(s.missed)],
    ['save → new, ms', (s) => ms(s.saveToNewMs)],
    ['  ÷ cold boot', (s) => (s.saveToNewMs.median / coldBootMs.median).toFixed(2)],
    ['cold boot beside the load', (s) => ms(s.bootBesideMs)],
    ['  save → new ÷ that', (s) => (s.saveToNewMs.median / s.bootBesideMs.median).toFixed(2)],
    ['fix → new, ms', (s) => ms(s.fixToNewMs)],
    ['steady p50 p99 max, ms', (s) => latency(s.steadyMs)],
    ['swapping p50 p99 max, ms', (s) => latency(s.swapMs)],
    ['told: save → starting, ms', (s) => (s.told ? ms(s.told.reactionMs) : '–')],
    ['told: boot, ms', (s) => (s.told ? ms(s.told.bootMs) : '–')],
    ['told: swap, ms', (s) => (s.told ? ms(s.told.swapMs) : '–')],
    ['polls failed', (s) => `${s.polls.failed} of ${s.polls.asked}`],
    ['load late p50 p99 max, ms', (s) => latency(s.scheduleLateMs)],
  ];
  return align([
    ['', ...peers.map((s) => s.peer)],
    ...rows.map(([title, cell]) => [title, ...peers.map(cell)]),
  ]);
}

function throughputTable({ throughput }: Results): string {
  if (throughput.length === 0) return '';
  const rows = throughput.flatMap(({ sample, rounds }) =>
    rounds.map((one) => [
      sample,
      one.name,
      ms(spread(one.perSecond)),
      showRatio(ratioOf(one, rounds[0]!)),
      ((one.cpuMs * 1000) / one.requests).toFixed(0),
    ]),
  );
  return align([['throughput', '', 'requests/s', '÷ bare', 'server CPU µs/request'], ...rows]);
}

/** Milliseconds or any other number: median (least–most). */
function ms({ median, min, max, n }: Spread): string {
  return n === 0 ? '–' : `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
}

function latency({ p50, p99, max, n }: Latencies): string {
  return n === 0 ? '–' : [p50, p99, max].map((value) => value.toFixed(value < 10 ? 1 : 0)).join(' ');
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(share * 100).toFixed(0)} %`;
}

function list(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function align(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
