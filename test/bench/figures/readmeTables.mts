import { type Column, columns } from './columns.mts';
import { none, number, ratioText } from './format.mts';
import { ratioOf, showRatio } from './ratio.mts';
import { type App, contender, type Results } from './results.mts';
import type { Summary } from './summary.mts';

/** What a reader wants to know first, in Markdown. Each app is of one run, its throughput of the last that has it. */
export function readmeTables(runs: Results[]): string {
  const all = withLastThroughput(runs.flatMap((run) => run.apps));
  const apps = all.filter(({ peers }) => peers.some((one) => one.summary ?? one.missing));
  const express = apps.find(({ sample }) => sample === 'express');
  const leftovers = runs.find((run) => run.leftovers.length > 0)?.leftovers ?? [];
  const parts = [
    how(runs),
    express ? expressTable(express) : '',
    apps.length > 1 ? appsTable(apps) : '',
    leftoversTable(leftovers, apps),
    waits(express),
    throughputs([...new Map(all.map((app) => [app.sample, app])).values()]),
    bystanders(runs.findLast((run) => run.bystanders)?.bystanders),
    footnotes(apps),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function withLastThroughput(apps: App[]): App[] {
  return apps.map((app) => {
    const last = apps.findLast(({ sample, throughput }) => sample === app.sample && throughput.length > 0);
    if (!last) return app;
    const { throughput, throughputOfPeers } = last;
    return { ...app, throughput, throughputOfPeers };
  });
}

function how(runs: Results[]): string {
  const [first] = runs;
  if (first === undefined) return '';
  const { rate, edits, startedAt } = first;
  const versions = runs.reduce<Results['versions']>((all, run) => ({ ...all, ...run.versions }), {});
  const tools = ['bun', 'vite-node', 'nodemon', 'tsx', 'pm2', 'start_server']
    .flatMap((name) => (versions[name] === undefined ? [] : [`${name} ${versions[name]}`]))
    .join(', ');
  return (
    `${runs.length === 1 ? 'One run' : 'Runs'} of \`npm run bench\` on ${startedAt.slice(0, 10)}: ${rate} requests a second, half of them on new ` +
    `connections, two-second streams across every save, no retries; ${edits} edits, every fourth with another one ` +
    `at its heels, every fifth followed by a broken one (half as many for the tools below \`bun --hot\`). ` +
    `Hot Swap is told of them as its extension tells it, except where it says otherwise. ` +
    `${versions['cpus']?.replace(/ ×.*/, '') ?? '?'} cores, Node ${versions['node'] ?? '?'}, ${tools}.`
  );
}

const expressColumns: [string, Column][] = [
  ['failed requests', columns.failed],
  ['streams cut', columns.streams],
  ['stale', columns.stale],
  ['save → new, ms', columns.saveToNew],
  ['÷ cold boot', columns.ofColdBoot],
  ['edit after edit ÷ cold boot', columns.hasty],
  ['p99 in the swap ÷ steady', { ...columns.latency, cell: (one) => p99(one) }],
  ['up while broken', columns.broken],
  ['throughput ÷ bare', columns.throughput],
  ['MB', columns.shared],
  ['CPU s per swap', columns.cpu],
];

function p99({ summary }: App['peers'][number]): string {
  return summary ? ratioText(summary.swapMs.p99 / summary.steadyMs.p99) : none;
}

function expressTable(app: App): string {
  const titles = expressColumns.map(([title]) => title);
  const rows = app.peers
    .filter(({ missing }) => missing === undefined)
    .map((one) => [one.title, ...expressColumns.map(([, { cell }]) => cell(one, app))]);
  const intro = `${app.title}, cold boot ${number(app.coldBootMs.median)} ms; medians (least–most):`;
  return `${intro}\n\n${markdown([['', ...titles], ...rows])}`;
}

/** Save → new of all apps, and how many requests it cost. */
function appsTable(apps: App[]): string {
  const header = ['save → new, ms (÷ cold boot), failed', ...apps.map(({ title }) => title)];
  const peers = (apps[0]?.peers ?? []).filter(({ missing }) => missing === undefined);
  const rows = peers.map(({ peer, title }) => [title, ...apps.map((app) => shortly(app, peer))]);
  const cold = ['cold boot', ...apps.map(({ coldBootMs }) => number(coldBootMs.median))];
  return markdown([header, ...rows, cold]);
}

function shortly(app: App, peer: string): string {
  const one = contender(app, peer);
  if (!one?.summary) return none;
  const [failed] = columns.failed.cell(one).split(' ');
  if (one.summary.saveToNewMs.n === 0) return `never, ${failed} failed`;
  return `${number(one.summary.saveToNewMs.median)} (${columns.ofColdBoot.cell(one)}), ${failed} failed`;
}

function leftoversTable(leftovers: Results['leftovers'], apps: App[]): string {
  const [untouched, ...tools] = leftovers;
  if (!untouched || tools.length === 0) return '';
  const titles = new Map(apps.flatMap(({ peers }) => peers.map(({ peer, title }) => [peer, title])));
  const rows = leftovers.map((one) => [
    one === untouched ? 'a server that nobody edits' : (titles.get(one.peer) ?? one.peer),
    ...[one.timersPerSecond / 10, one.loads, one.listeners, one.connections].map((n) =>
      Number.isFinite(n) ? n.toFixed(0) : none,
    ),
    one === untouched ? none : `${number(one.rssGrowthMb)} MB`,
  ]);
  const intro = `What is there of an app with one of each, after ${tools[0]!.saves} saves:`;
  const header = ['', 'timers', 'times loaded', 'listeners', 'connections', 'memory grown by'];
  return `${intro}\n\n${markdown([header, ...rows])}`;
}

/** The two ways to spend a swap, as a client sees them. */
function waits(express: App | undefined): string {
  const hold = express && contender(express, 'hot-swap')?.summary;
  const serveOld = express && contender(express, 'hot-swap-serveOld')?.summary;
  const warmUp = express && contender(express, 'hot-swap-warm-up')?.summary;
  if (!hold || !serveOld || !warmUp) return '';
  const last = ({ swapMs, steadyMs }: Summary): string =>
    `${number(swapMs.p99)} ms (steady: ${number(steadyMs.p99)} ms)`;
  return (
    'With `hold`, the default, requests that come during a swap wait for the new code: their median in that time is ' +
    `${number(hold.swapMs.p50)} ms (steady: ${number(hold.steadyMs.p50)} ms). With \`serveOld\` it is ` +
    `${number(serveOld.swapMs.p50)} ms, and the 99th percentile ${last(serveOld)}: the first requests that new code ` +
    `gets take it longer. With \`warmUp\` they are none of a client's: ${last(warmUp)}. While another process of the ` +
    `same app just boots on the machine, without a swap, it is ${number(serveOld.besideBootMs.p99)} ms.`
  );
}

function throughputs(apps: App[]): string {
  const found = apps.flatMap(({ title, throughput: [base, again, ours] }) =>
    base && again && ours
      ? [`${title} ${showRatio(ratioOf(ours, base))} (bare against bare ${showRatio(ratioOf(again, base))})`]
      : [],
  );
  return found.length === 0
    ? ''
    : `Throughput under Hot Swap ÷ bare, measured more exactly: ${found.join('; ')}.`;
}

function bystanders(measured: Results['bystanders']): string {
  if (measured === undefined) return '';
  const later = measured.programs.map(
    ({ name, laterMs, bareMs }) => `\`${name}\` ${number(laterMs)} ms (of ${number(bareMs.median)})`,
  );
  return (
    `A process that inherits the preload but never listens ends later by: ${later.join(', ')}; ` +
    `it keeps ${number(measured.moreMb)} MB more.`
  );
}

function footnotes(apps: App[]): string {
  const missing = (apps[0]?.peers ?? []).flatMap(({ title, missing: why }) =>
    why ? [`${title} (${why})`] : [],
  );
  const shown = apps.flatMap(({ peers }) => peers.map(({ title }) => title)).join();
  return [
    shown.includes('¹')
      ? '¹ Does not watch: told by the bench after each save, as an editor’s task would.'
      : '',
    shown.includes('²') ? '² Runs an adapted server (`test/bench/adapters`).' : '',
    missing.length > 0 ? `Not measured: ${missing.join(', ')}.` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function markdown([header, ...rows]: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header!), line(header!.map(() => '---')), ...rows.map(line)].join('\n');
}
