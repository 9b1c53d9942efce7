import { afterNewerWasSeen } from '../../bench/figures/stale.mts';
import { countBy } from '../../bench/figures/stats.mts';
import type { Answered } from '../load/clients.mts';
import type { Measured } from './result.mts';

type Counts = Pick<Measured, 'requests' | 'failures' | 'readyLate' | 'stale' | 'evidence'>;

/** More of the same would tell nothing new. */
const mostEvidence = 10;

/** `statuses`: what each question is answered with where nobody saves. */
export function countAnswers(
  answers: readonly Answered[],
  statuses: Readonly<Record<string, readonly number[]>>,
): Counts {
  const unusual = answers.filter(
    ({ question, status, error }) =>
      error === undefined && status !== undefined && statuses[question]?.includes(status) === false,
  );
  const late = unusual.filter(({ status }) => status! >= 500);
  const failed = [
    ...answers.filter(({ error }) => error !== undefined),
    ...unusual.filter((one) => !late.includes(one)),
  ];
  // An answer of an error page may know of no save.
  const told = answers.filter(({ status }) => status !== undefined && status < 500);
  const stale = afterNewerWasSeen(told).stale.map(({ exchange }) => exchange as Answered);
  return {
    requests: answers.length,
    failures: countBy(failed, ({ error, status, question }) => error ?? `${status} of ${question}`),
    readyLate: late.length,
    stale: stale.length,
    evidence: [...failed, ...late, ...stale]
      .slice(0, mostEvidence)
      .map(({ due, done, client, question, status, error, version }) => ({
        due,
        done,
        what: `${client}: ${question}: ${error ?? ''} ${status ?? ''} save ${version ?? '?'}`,
      })),
  };
}
