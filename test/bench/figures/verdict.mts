import type { Rounds } from '../measure/throughput.mts';
import type { Results } from './results.mts';
import { ratioOf, showRatio } from './ratio.mts';
import type { Summary } from './summary.mts';

export interface Check {
  name: string;
  found: string;
  target: string;
  ok: boolean;
}

/** What was promised, and whether it was kept. */
export function verdict(results: Omit<Results, 'checks'>): Check[] {
  const { selfCheck } = results;
  const ours = results.peers.filter(({ told }) => told !== undefined);
  return [
    check('bench: failures of an untouched server', selfCheck.untouched, '0', selfCheck.untouched === 0),
    check('bench: failures of a server gone for 300 ms', selfCheck.killed, '> 0', selfCheck.killed > 0),
    check('bench: same build from start to end', results.sameBuild ? 'yes' : 'no', 'yes', results.sameBuild),
    ...ours.flatMap((summary) => promises(summary, results.coldBootMs.median)),
    ...results.throughput.map(({ sample, rounds }) => {
      const [base, again, ours] = rounds as [Rounds, Rounds, Rounds];
      const ratio = ratioOf(ours, base);
      const errors = rounds.reduce((sum, one) => sum + one.errors, 0);
      const notes = [
        `bare again ${showRatio(ratioOf(again, base))}`,
        ...(errors ? [`${errors} errors`] : []),
      ];
      const found = `${showRatio(ratio)} (${notes.join(', ')})`;
      return check(`throughput of ${sample} ÷ bare`, found, '≥ 0.98', ratio.median >= 0.98 && errors === 0);
    }),
  ];
}

function promises(summary: Summary, coldBootMs: number): Check[] {
  const failed = failures(summary) + summary.polls.failed;
  const zero = (name: string, found: number): Check =>
    check(`${summary.peer}: ${name}`, found, '0', found === 0);
  const limit = 1.1 * coldBootMs + 30;
  const took = summary.saveToNewMs.median;
  // Asked only of the default: with serveOld the old code goes on working for its requests while the new one boots.
  const found = `${took.toFixed(0)} ms`;
  const quick = check(`${summary.peer}: save → new`, found, `≤ ${limit.toFixed(0)} ms`, took <= limit);
  return [
    zero('failed requests', failed),
    zero('stale A', summary.staleA),
    ...(summary.staleB === undefined ? [] : [zero('stale B', summary.staleB)]),
    zero('incomplete streams', summary.streams.incomplete),
    zero('saves never seen', summary.missed),
    zero('complaints', summary.complaints.length),
    ...(summary.staleB === undefined ? [] : [quick]),
  ];
}

export function failures(summary: Summary): number {
  return Object.values(summary.failed).reduce((sum, n) => sum + n, 0);
}

function check(name: string, found: string | number, target: string, ok: boolean): Check {
  return { name, found: String(found), target, ok };
}
