import { parseArgs } from 'node:util';

export interface Options {
  /** Good and broken edits per peer; every fifth is broken, and its fix is not counted. */
  edits: number;
  /** Requests a second, over all clients. */
  rate: number;
  /** Names of what to measure; empty: everything. */
  only: string[];
  json: string | undefined;
  coldBoots: number;
  throughput: { rounds: number; roundMs: number };
}

const usage =
  'usage: npm run bench -- [--quick] [--edits N] [--rate N] [--json FILE] [--only NAME,NAME…]\n' +
  'names: hot-swap, hot-swap-serveOld, nodemon, node-watch, tsx-watch, throughput';

/** Ends the process with the usage when the arguments make no sense. */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        edits: { type: 'string' },
        rate: { type: 'string', default: '200' },
        json: { type: 'string' },
        only: { type: 'string', default: '' },
      },
    });
    return {
      edits: positive('edits', values.edits ?? (values.quick ? '5' : '20')),
      rate: positive('rate', values.rate),
      only: values.only.split(',').filter((name) => name !== ''),
      json: values.json,
      coldBoots: values.quick ? 3 : 5,
      throughput: values.quick ? { rounds: 8, roundMs: 500 } : { rounds: 36, roundMs: 500 },
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return value;
}
