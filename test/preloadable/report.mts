import { forms, nameOf } from './subject.mts';
import type { Result } from './trials.mts';

/** One line of a result. */
export function sentenceOf(result: Result): string {
  const { outcome, modules, leftOut, because } = result;
  const name = nameOf(result);
  if (outcome === 'preloaded') return `${name}: preloaded, ${modules} modules of CommonJS`;
  if (outcome === 'leftOut') return `${name}: left to the app: ${leftOut.join('; ')}`;
  if (outcome === 'differs') return `${name}: DIFFERS from cold: ${because.join('; ')}`;
  return `${name}: does not start alone: ${because.join('; ')}`;
}

export function report(results: readonly Result[], packages: number): string {
  const lines = [`${packages} packages.`];
  for (const form of forms) {
    for (const [size, what] of [
      [1, 'alone'],
      [2, 'in pairs'],
    ] as const) {
      const tried = results.filter((one) => one.form === form && one.packages.length === size);
      const started = tried.filter(({ outcome }) => outcome !== 'fails');
      if (tried.length === 0) continue;
      const of = (outcome: Result['outcome']): number =>
        tried.filter((one) => one.outcome === outcome).length;
      const share = ((100 * of('preloaded')) / Math.max(1, started.length)).toFixed(1);
      lines.push(
        `${form}, ${what}: ${share} % preloaded (${of('preloaded')} of ${started.length}), ${of('leftOut')} left out, ` +
          `${of('differs')} different from cold, ${of('fails')} that do not start`,
      );
      const wrong = tried.filter(({ outcome }) => outcome === 'leftOut' || outcome === 'differs');
      lines.push(...wrong.map((one) => `  ${sentenceOf(one)}`));
    }
  }
  return lines.join('\n');
}
