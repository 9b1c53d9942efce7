import { parseArgs } from 'node:util';
import type { Plan } from './measure/throughput.mts';
import { peers } from './servers/peers.mts';
import { samples } from './servers/samples.mts';

const parts = ['edits', 'throughput', 'leftovers', 'bystanders', 'front', 'limits'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  /** Good edits per peer and app; every fourth has another one at its heels, every fifth is followed by a broken one. */
  edits: number;
  /** Edits without load, for processor time and memory. */
  quietEdits: number;
  /** Edits of the app that shows what is left behind. */
  leftoverSaves: number;
  /** Who is edited under load, who without, and whose leftovers are counted. */
  loadPeers: string[];
  quietPeers: string[];
  leftoverPeers: string[];
  /** Between edits; streams of the old code take two seconds. */
  pauseMs: number;
  /** Requests a second, over all clients. */
  rate: number;
  parts: Part[];
  apps: string[];
  peers: string[];
  leftOut: string[];
  json: string | undefined;
  /** JSON files of earlier runs: nothing is measured, their tables are written into the README. */
  readme: string[] | undefined;
  coldBoots: number;
  throughput: Omit<Plan, 'connections'> & { peerRounds: number };
}

const everyPeer = peers.map(({ name }) => name);
const everyApp = samples.map(({ name }) => name);
/** The least that shows every kind of figure: what has no standby is only weighed, and nodemon only loses requests. */
const quick = {
  parts: ['edits', 'throughput', 'leftovers'] as Part[],
  apps: ['express'],
  peers: ['hot-swap', 'hot-swap-serveOld', 'hot-swap-no-standby', 'bun-hot', 'nodemon'],
  loadPeers: ['hot-swap', 'hot-swap-serveOld', 'bun-hot', 'nodemon'],
  quietPeers: ['hot-swap', 'hot-swap-no-standby', 'bun-hot'],
  leftoverPeers: ['hot-swap', 'bun-hot'],
};

const usage = `usage: npm run bench -- [--quick] [--edits N] [--rate N] [--json FILE] [--only NAME,NAME…]
       npm run bench -- --readme FILE,FILE…     writes the tables of these JSON files into README.md
names: ${parts.join(', ')}
       ${everyApp.join(', ')}
       ${everyPeer.join(', ')}
Of each line, the names that are given; all of a line of which none is given.`;

/** Ends the process with the usage when the arguments make no sense. */
export function readOptions(args: string[]): Options {
  try {
    return parse(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

export function parse(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      edits: { type: 'string' },
      rate: { type: 'string', default: '200' },
      json: { type: 'string' },
      readme: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const only = values.only.split(',').filter((name) => name !== '');
  const unknown = only.find((name) => ![...parts, ...everyApp, ...everyPeer].includes(name));
  if (unknown !== undefined) throw new Error(`there is nothing called "${unknown}"`);
  const choose = <T extends string>(all: readonly T[], otherwise: readonly T[]): T[] => {
    const named = all.filter((name) => only.includes(name));
    return named.length > 0 ? named : [...otherwise];
  };
  const chosen = {
    parts: choose(parts, values.quick ? quick.parts : parts),
    apps: choose(everyApp, values.quick ? quick.apps : everyApp),
    peers: choose(everyPeer, values.quick ? quick.peers : everyPeer),
  };
  const kept: string[] = Object.values(chosen).flat();
  return {
    ...chosen,
    leftOut: [
      ...[...parts, ...everyApp, ...everyPeer].filter((name) => !kept.includes(name)),
      ...(values.quick ? ['some figures of some peers (–)'] : []),
    ],
    edits: positive('edits', values.edits ?? (values.quick ? '2' : '20')),
    quietEdits: values.quick ? 2 : 5,
    leftoverSaves: values.quick ? 5 : 20,
    loadPeers: values.quick ? quick.loadPeers : everyPeer,
    quietPeers: values.quick ? quick.quietPeers : everyPeer,
    leftoverPeers: values.quick ? quick.leftoverPeers : everyPeer,
    pauseMs: values.quick ? 1000 : 1500,
    rate: positive('rate', values.rate),
    json: values.json,
    readme: values.readme?.split(','),
    coldBoots: values.quick ? 2 : 3,
    throughput: values.quick
      ? { rounds: 6, peerRounds: 0, roundMs: 400, idleMs: 0, warmUpMs: 1000, exact: false }
      : { rounds: 36, peerRounds: 8, roundMs: 500, idleMs: 15_000, warmUpMs: 2000, exact: true },
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return value;
}
