import { type Column, columns } from './columns.mts';
import { frontTable } from './front.mts';
import { align, latencyText, list, none, number, percent, ratioText, spreadText } from './format.mts';
import { ratioOf, showRatio } from './ratio.mts';
import type { App, Results } from './results.mts';
import { spread } from './stats.mts';
import { failures, type Summary } from './summary.mts';

/** The whole report as text. */
export function report(results: Results): string {
  const parts = [
    `${results.edits} edits, ${results.rate} requests a second; ${list(results.versions)}`,
    ...results.apps.flatMap((app) => [peersTable(app), detailsTable(app), throughputTable(app)]),
    leftoversTable(results),
    bystandersTable(results),
    frontTable(results.front),
    ...(results.limits ?? []).map(({ name, found }) =>
      [name, ...found.map((line) => `  ${line}`)].join('\n'),
    ),
    align(results.checks.map((c) => [c.ok ? 'ok    ' : 'MISSED', c.name, c.found, c.target])),
    results.leftOut.length === 0 ? '' : `left out: ${results.leftOut.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A line per peer; figures with brackets are median (least–most). */
function peersTable(app: App): string {
  const shown: Column[] = Object.values(columns);
  if (app.peers.length === 0) return '';
  const here = app.peers.filter(({ missing }) => missing === undefined);
  const rows = here.map((one) => [one.peer, ...shown.map(({ cell }) => cell(one, app))]);
  const missing = app.peers.flatMap(({ peer, missing: why }) => (why ? [`${peer}: not here: ${why}`] : []));
  const table = align([['', ...shown.map(({ title }) => title)], ...rows]);
  return [`${app.title}: cold boot ${spreadText(app.coldBootMs)} ms`, table, ...missing].join('\n');
}

type Row = [title: string, cell: (summary: Summary) => string];

/** What else is known, a column per peer. */
function detailsTable(app: App): string {
  const summaries = app.peers.flatMap(({ summary }) => summary ?? []);
  if (summaries.length === 0) return '';
  const rows: Row[] = [
    ['failed by error', (s) => list(s.failed) || none],
    ['  per save', (s) => (failures(s) / s.saves).toFixed(1)],
    ['streams whole across a swap', (s) => String(s.streams.acrossSwaps)],
    ['stale A', (s) => String(s.staleA)],
    ['stale B', (s) => String(s.staleB ?? none)],
    ['old code after save', (s) => String(s.oldAfterSave)],
    ['answered while broken', (s) => percent(s.answeredWhileBroken)],
    ['cold boot beside the load', (s) => spreadText(s.bootBesideMs)],
    ['  save → new ÷ that', (s) => ratioText(s.saveToNewMs.median / s.bootBesideMs.median)],
    ['edit after edit → new, ms', (s) => spreadText(s.hastyToNewMs)],
    ['fix → new, ms', (s) => spreadText(s.fixToNewMs)],
    ['steady p50 p99 max, ms', (s) => latencyText(s.steadyMs)],
    ['swapping p50 p99 max, ms', (s) => latencyText(s.swapMs)],
    ['  edit after edit', (s) => latencyText(s.hastySwapMs)],
    ['warming p50 p99 max, ms', (s) => latencyText(s.warmingMs)],
    ['beside a cold boot, ms', (s) => latencyText(s.besideBootMs)],
    ['told: save → starting, ms', (s) => (s.told ? spreadText(s.told.reactionMs) : none)],
    ['told: boot, ms', (s) => (s.told ? spreadText(s.told.bootMs) : none)],
    ['told: swap, ms', (s) => (s.told ? spreadText(s.told.swapMs) : none)],
    ['told: serving → standby warm, ms', (s) => (s.told ? spreadText(s.told.warmingMs) : none)],
    ['saves that found it warm', (s) => String(s.warmSaves ?? none)],
    ['  and were served by it', (s) => (s.warmSaves === undefined ? none : String(s.told?.fromStandby))],
    ['polls failed', (s) => `${s.polls.failed} of ${s.polls.asked}`],
    ['load late p50 p99 max, ms', (s) => latencyText(s.scheduleLateMs)],
  ];
  return align([
    ['', ...summaries.map((s) => s.peer)],
    ...rows.map(([title, cell]) => [title, ...summaries.map(cell)]),
  ]);
}

function throughputTable(app: App): string {
  const rows = [app.throughput, app.throughputOfPeers].flatMap((measured) =>
    measured.map((one) => [
      one.name,
      spreadText(spread(one.perSecond)),
      showRatio(ratioOf(one, measured[0]!)),
      number((one.cpuMs * 1000) / one.requests),
    ]),
  );
  if (rows.length === 0) return '';
  return align([[`throughput of ${app.sample}`, 'requests/s', '÷ bare', 'CPU µs/request'], ...rows]);
}

function leftoversTable({ leftovers }: Results): string {
  if (leftovers.length === 0) return '';
  return align([
    ['left behind', 'saves seen', 'timer/s', 'loads', 'listeners', 'connections', 'RSS growth MB'],
    ...leftovers.map((one) => [
      one.peer,
      `${one.seen} of ${one.saves}`,
      ...[one.timersPerSecond, one.loads, one.listeners, one.connections].map((n) =>
        Number.isFinite(n) ? n.toFixed(0) : none,
      ),
      number(one.rssGrowthMb),
    ]),
  ]);
}

function bystandersTable({ bystanders }: Results): string {
  if (bystanders === undefined) return '';
  return align([
    ['no servers, but with the preload', 'without, ms', 'later by ms'],
    ...bystanders.programs.map(({ name, bareMs, laterMs }) => [name, spreadText(bareMs), number(laterMs)]),
    ['memory', '', `${number(bystanders.moreMb)} MB more`],
  ]);
}
