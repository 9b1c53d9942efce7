import { parseArgs } from 'node:util';
import { inRepository } from '../bench/servers/samples.mts';

export interface Options {
  readonly only: readonly string[];
  readonly list: boolean;
  readonly ci: boolean;
  /** Results are written to it, row by row, over those of the same name that it has, and from it into the README. */
  readonly json: string;
  /** Nothing is measured: the rows that there are are written into the README. */
  readonly readme: boolean;
  /** The kept results and the README stay as they are. */
  readonly dry: boolean;
}

const usage = `usage: npm run compat -- [--only NAME,NAME…] [--ci] [--json FILE] [--dry]
       npm run compat -- --list             what there is
       npm run compat -- --readme           writes the kept rows into README.md`;

/** Ends the process with the usage when the arguments make no sense. */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: '' },
        list: { type: 'boolean', default: false },
        ci: { type: 'boolean', default: false },
        json: { type: 'string', default: inRepository('test/compat/results.json') },
        readme: { type: 'boolean', default: false },
        dry: { type: 'boolean', default: false },
      },
    });
    const only = values.only.split(',').filter((name) => name !== '');
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no row called "${unknown}"`);
    // What CI sees of a few rows on its machine is not what is kept of all.
    return { ...values, only, dry: values.dry || values.ci };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
