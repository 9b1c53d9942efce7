import { afterNewerWasSeen } from '../../bench/figures/stale.mts';
import { countBy } from '../../bench/figures/stats.mts';
import type { Answered } from '../load/clients.mts';
import type { Measured } from './result.mts';

type Counts = Pick<Measured, 'requests' | 'failures' | 'readyLate' | 'stale'>;

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
  return {
    requests: answers.length,
    failures: countBy(failed, ({ error, status, question }) => error ?? `${status} of ${question}`),
    readyLate: late.length,
    // An answer of an error page may know of no save.
    stale: afterNewerWasSeen(answers.filter(({ status }) => status !== undefined && status < 500)).stale
      .length,
  };
}
