import { parseArgs } from 'node:util';
import { forms } from './subject.mts';
import type { Form } from './subject.mts';

export interface Options {
  /** Only these packages; of two, each with the other. */
  readonly only: readonly string[];
  readonly forms: readonly Form[];
  /** So many pairs, each in both orders. */
  readonly pairs: number;
  /** Whose pairs they are. */
  readonly seed: number;
  /** So many packages in one app; only where that is not preloaded whole, each in one of its own. 1: always. */
  readonly together: number;
  /** So many apps at a time. */
  readonly jobs: number;
  /** Where results are kept: what it has is not tried again. */
  readonly json: string | undefined;
  /** But for what was not preloaded. */
  readonly again: boolean;
  readonly list: boolean;
}

const usage = `usage: npm run preloadable -- [--only NAME,NAME…] [--form require|import] [--together N] [--pairs N] [--seed N]
                              [--jobs N] [--json FILE] [--again]
       npm run preloadable -- --list        the packages`;

/** Ends the process with the usage when the arguments make no sense. */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: '' },
        form: { type: 'string' },
        pairs: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        together: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '2' },
        json: { type: 'string' },
        again: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    });
    const only = values.only.split(',').filter((name) => name !== '');
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`"${unknown}" is not among the packages`);
    const number = (name: 'pairs' | 'seed' | 'together' | 'jobs'): number => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a number`);
      return value;
    };
    const wanted = forms.filter((form) => values.form === undefined || values.form === form);
    if (wanted.length === 0) throw new Error('--form takes require or import');
    return {
      only,
      forms: wanted,
      pairs: number('pairs'),
      seed: number('seed'),
      together: number('together'),
      jobs: Math.max(1, number('jobs')),
      json: values.json,
      again: values.again,
      list: values.list,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
