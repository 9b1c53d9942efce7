import { check, type Check } from './check.mts';
import { number, ratioText } from './format.mts';
import { ratioOf, showRatio } from './ratio.mts';
import { type App, coldBootOf, contender, type Results } from './results.mts';
import { failures, type Summary } from './summary.mts';
import { frontChecks } from './front.mts';
import { leftoversChecks } from './leftovers.mts';

/** What was promised, and whether it was kept. */
export function verdict(results: Omit<Results, 'checks'>): Check[] {
  const { selfCheck } = results;
  return [
    check('bench: failures of an untouched server', selfCheck.untouched, '0', selfCheck.untouched === 0),
    check('bench: failures of a server gone for 300 ms', selfCheck.killed, '> 0', selfCheck.killed > 0),
    check('bench: same build from start to end', results.sameBuild ? 'yes' : 'no', 'yes', results.sameBuild),
    ...results.apps.flatMap((app) => appChecks(app, results.standby)),
    ...leftoversChecks(results.leftovers),
    ...bystanderChecks(results.bystanders),
    ...frontChecks(results.front),
    ...(results.limits ?? []).map(({ name, kept }) =>
      check(name, kept ? 'kept' : 'more', 'as the tests say', kept),
    ),
  ];
}

const laterLimitMs = 3;
const moreLimitMb = 1;

function bystanderChecks(measured: Results['bystanders']): Check[] {
  if (measured === undefined) return [];
  const { programs, moreMb } = measured;
  return [
    ...programs.map(({ name, laterMs }) =>
      check(
        `${name}: ends later by`,
        `${number(laterMs)} ms`,
        `≤ ${laterLimitMs} ms`,
        laterMs <= laterLimitMs,
      ),
    ),
    check('node -e 0: keeps', `${number(moreMb)} MB`, `≤ ${moreLimitMb} MB`, !(moreMb > moreLimitMb)),
  ];
}

function appChecks(app: App, standby: boolean): Check[] {
  const ours = app.peers.filter(({ summary }) => summary?.told !== undefined);
  return [
    ...ours.flatMap(({ summary }) => clean(summary!)),
    ...ours.flatMap((one) => quick(one.summary!, coldBootOf(one), app, standby)),
    ...throughputCheck(app),
  ].map((one) => ({ ...one, name: `${app.sample}, ${one.name}` }));
}

/** No client noticed anything. */
function clean(summary: Summary): Check[] {
  const zero = (name: string, found: number): Check =>
    check(`${summary.peer}: ${name}`, found, '0', found === 0);
  return [
    zero('failed requests', failures(summary) + summary.polls.failed),
    zero('stale A', summary.staleA),
    ...(summary.staleB === undefined ? [] : [zero('stale B', summary.staleB)]),
    zero('incomplete streams', summary.streams.incomplete),
    zero('saves never seen', summary.missed),
    zero('complaints', summary.complaints.length),
  ];
}

/** Of a save → new with the standby warm, as shares of a cold boot; the worst only where it is promised. */
const warmLimits: Record<string, { median: number; orMs?: number; worst?: number }> = {
  bare: { median: 0.25, orMs: 15 },
  express: { median: 0.1, worst: 0.2 },
  fastify: { median: 0.15 },
};
const coldLimit = 1.1;
const handoverMs = 30;
const p99Limit = 1.5;
const leastThroughput = 0.98;

function quick(summary: Summary, cold: number, app: App, standby: boolean): Check[] {
  const checks: Check[] = [];
  const { saveToNewMs: took, hastyToNewMs: hasty, steadyMs, swapMs } = summary;
  const within = (name: string, ms: number, limit: number, orMs = 0, boot = cold): Check => {
    const found = `${ratioText(ms / boot)} (${number(ms)} ms)`;
    const target = `≤ ${limit}${orMs > 0 ? ` or ≤ ${number(orMs)} ms` : ''}`;
    const whole = boot === cold ? 'cold boot' : 'cold boot beside the load';
    return check(`${summary.peer}: ${name} ÷ ${whole}`, found, target, ms <= limit * boot || ms <= orMs);
  };
  // Noticing a change and handing over take the same few ms however quickly an app boots.
  const coldMs = app.sample === 'bare' ? coldLimit * cold + handoverMs : 0;
  const limits = warmLimits[app.sample];
  if (summary.peer === 'hot-swap' && standby && limits) {
    checks.push(within('save → new, standby warm', took.median, limits.median, limits.orMs));
    if (limits.worst !== undefined) checks.push(within('the slowest of them', took.max, limits.worst));
    const served = summary.told?.fromStandby ?? 0;
    const all = `${took.n} of ${took.n}`;
    const found = `${served} of ${took.n}, ${summary.warmSaves ?? 0} found it warm`;
    checks.push(check('hot-swap: saves that the standby served', found, all, served === took.n));
    const bun = contender(app, 'bun-hot')?.summary;
    // Promised where there is much to load: who reloads a small file in the same process has nothing else to do.
    if (bun && app.sample === 'express') {
      const found = `${number(took.median)} against ${number(bun.saveToNewMs.median)} ms`;
      const ahead = !(took.median >= bun.saveToNewMs.median);
      checks.push(check('hot-swap: save → new ahead of bun --hot', found, 'ahead', ahead));
    }
  } else if (summary.peer === 'hot-swap-no-standby') {
    // It boots all the while that the load goes on, as whoever starts a server then would.
    const beside = summary.bootBesideMs.median;
    checks.push(within('save → new, no standby', took.median, coldLimit, coldMs, beside));
  }
  if (summary.peer === 'hot-swap')
    checks.push(within('edit right after an edit', hasty.median, coldLimit, coldMs));
  if (summary.peer === 'hot-swap-serveOld' || summary.peer === 'hot-swap-warm-up') {
    const ratio = swapMs.p99 / steadyMs.p99;
    const found = `${ratioText(ratio)} (${number(swapMs.p99)} ÷ ${number(steadyMs.p99)} ms)`;
    checks.push(
      check(`${summary.peer}: p99 while swapping ÷ steady`, found, `≤ ${p99Limit}`, ratio <= p99Limit),
    );
  }
  return checks;
}

function throughputCheck({ throughput }: App): Check[] {
  const [base, again, ours] = throughput;
  if (!base || !again || !ours) return [];
  const ratio = ratioOf(ours, base);
  const errors = throughput.reduce((sum, one) => sum + one.errors, 0);
  const notes = [`bare again ${showRatio(ratioOf(again, base))}`, ...(errors ? [`${errors} errors`] : [])];
  // A quick run, or a busy machine: the ratio may be anything, and is no reason to fail.
  const unsure = ratio.plusMinus > 0.05 && ratio.median + ratio.plusMinus >= leastThroughput;
  if (unsure) notes.push('too noisy to judge');
  const found = `${showRatio(ratio)} (${notes.join(', ')})`;
  const ok = (unsure || ratio.median >= leastThroughput) && errors === 0;
  return [check('hot-swap: throughput ÷ bare', found, `≥ ${leastThroughput}`, ok)];
}
