import { number, none, percent, ratioText, spreadText } from './format.mts';
import { ratioOf } from './ratio.mts';
import { type App, coldBootOf, type Contender, roundsOf } from './results.mts';
import { spread } from './stats.mts';
import { failures, type Summary } from './summary.mts';

/** One figure of every peer. */
export interface Column {
  title: string;
  cell: (contender: Contender, app: App) => string;
}

const ofSummary =
  (cell: (summary: Summary, coldBootMs: number) => string) =>
  (one: Contender): string =>
    one.summary ? cell(one.summary, coldBootOf(one)) : none;

export const columns = {
  failed: { title: 'failed', cell: ofSummary((s) => `${failures(s)} of ${s.requests}`) },
  stale: { title: 'stale', cell: ofSummary((s) => String(s.staleA + (s.staleB ?? 0))) },
  streams: {
    title: 'streams cut',
    cell: ofSummary((s) => `${s.streams.incomplete} of ${s.streams.asked}`),
  },
  broken: { title: 'up while broken', cell: ofSummary((s) => percent(s.answeredWhileBroken)) },
  unseen: { title: 'saves unseen', cell: ofSummary((s) => `${s.missed} of ${s.saves}`) },
  saveToNew: { title: 'save → new, ms', cell: ofSummary((s) => spreadText(s.saveToNewMs)) },
  ofColdBoot: {
    title: '÷ cold boot',
    cell: ofSummary((s, coldBootMs) => ratioText(s.saveToNewMs.median / coldBootMs)),
  },
  hasty: {
    title: 'edit after edit ÷',
    cell: ofSummary(({ hastyToNewMs: { n, median } }, coldBootMs) =>
      n === 0 ? none : ratioText(median / coldBootMs),
    ),
  },
  quiet: {
    title: 'without load, ms',
    cell: ({ quiet }) => (quiet ? spreadText(spread(quiet.tookMs)) : none),
  },
  latency: {
    title: 'p50 p99 max in swap ÷ steady',
    cell: ofSummary(({ swapMs, steadyMs }) =>
      (['p50', 'p99', 'max'] as const).map((q) => ratioText(swapMs[q] / steadyMs[q])).join(' '),
    ),
  },
  throughput: { title: 'throughput ÷ bare', cell: ({ peer }, app) => throughputText(app, peer) },
  memory: { title: 'RSS MB', cell: ({ quiet }) => (quiet ? number(quiet.memory.rssMb) : none) },
  shared: { title: 'PSS MB', cell: ({ quiet }) => (quiet ? number(quiet.memory.pssMb) : none) },
  cpu: {
    title: 'CPU s/swap',
    cell: ({ quiet }) => (quiet ? ratioText(quiet.cpuMsPerSwap / 1000) : none),
  },
} satisfies Record<string, Column>;

function throughputText(app: App, peer: string): string {
  const found = roundsOf(app, peer);
  return found ? ratioText(ratioOf(found.rounds, found.base).median) : none;
}
