import { parseArgs } from 'node:util';

export interface Options {
  readonly only: readonly string[];
  readonly list: boolean;
  readonly ci: boolean;
  /** Results are written to it, row by row, over those of the same name that it has. */
  readonly json: string | undefined;
  /** Nothing is measured: its rows are written into the README. */
  readonly readme: string | undefined;
}

const usage = `usage: npm run compat -- [--only NAME,NAME…] [--ci] [--json FILE]
       npm run compat -- --list             what there is
       npm run compat -- --readme FILE      writes the rows of this JSON file into README.md`;

/** Ends the process with the usage when the arguments make no sense. */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: '' },
        list: { type: 'boolean', default: false },
        ci: { type: 'boolean', default: false },
        json: { type: 'string' },
        readme: { type: 'string' },
      },
    });
    const only = values.only.split(',').filter((name) => name !== '');
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no row called "${unknown}"`);
    return { only, list: values.list, ci: values.ci, json: values.json, readme: values.readme };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
