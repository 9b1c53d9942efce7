import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { ProgramName } from './programs.mts';
import { inRepository, isTypeScript, type Sample } from './samples.mts';

/** Where a peer runs. */
export interface Site {
  sample: Sample;
  port: number;
  /** The workspace, one level above the sample's folder; nobody watches it. */
  root: string;
  /** Path of the program that the peer needs, if it needs one. */
  program: string;
}

/** A way to run a server while its files are edited. */
export interface Peer {
  name: string;
  /** What the README's table calls it. */
  title: string;
  ours: boolean;
  /** Hot-swap is measured against it: it gets all the edits, others half of them. */
  raced: boolean;
  /** Requests sent after the swap began must not be answered by old code. */
  holds: boolean;
  /** After each good edit. In a swap of 20 ms only a few requests are due, and one in a hundred is to be judged. */
  calmEdits: number;
  /** Its saves are told as the extension tells them; else it sees them on disk, as everybody does. */
  inEditor: boolean;
  needs?: ProgramName;
  command: (site: Site) => string[];
  env?: (site: Site) => Record<string, string>;
  /** Files of test/bench/adapters that are copied beside the sample. */
  files?: string[];
  /** For tools that do not watch: what an editor's task would do after a save. */
  afterSave?: (site: Site, pid: number) => Promise<void> | void;
}

const node = process.execPath;
const tsx = inRepository('node_modules/tsx/dist/cli.mjs');
const cli = inRepository('dist/cli.js');
const adapter = (name: string): string => inRepository(path.join('test/bench/adapters', name));

/** As the sample's own start script does it. */
const plain = ({ entry }: Sample): string[] => (entry.endsWith('.ts') ? [node, tsx, entry] : [node, entry]);
/** For tools that start node themselves. */
const loader = (sample: Sample): string[] => (isTypeScript(sample) ? ['--import', 'tsx'] : []);

export const bare: Peer = theirs('bare', { command: ({ sample }) => plain(sample) });

export const hotSwap = ours('hot-swap', 'Hot Swap', []);

export const peers: Peer[] = [
  hotSwap,
  { ...ours('hot-swap-disk', 'Hot Swap, saved elsewhere', []), inEditor: false },
  ours('hot-swap-serveOld', 'Hot Swap, `serveOld`', ['--during-boot', 'serveOld']),
  ours('hot-swap-warm-up', 'Hot Swap, `serveOld`, `warmUp`', ['--during-boot', 'serveOld', '--warm-up', '/']),
  ours('hot-swap-no-standby', 'Hot Swap, no standby', ['--no-standby']),
  theirs('bun-hot', {
    title: '`bun --hot`',
    raced: true,
    needs: 'bun',
    command: ({ sample, program }) => [program, '--hot', sample.entry],
  }),
  theirs('vite-node', {
    title: '`vite-node --watch` ²',
    needs: 'vite-node',
    files: ['vite.config.cjs'],
    command: ({ sample, program }) => [node, program, '--watch', sample.entry],
  }),
  theirs('nodemon', {
    title: '`nodemon`',
    command: ({ sample }) => {
      const nodemon = inRepository('node_modules/nodemon/bin/nodemon.js');
      const through = isTypeScript(sample) ? ['--ext', 'ts,js,json', '--exec', `${node} ${tsx}`] : [];
      return [node, nodemon, ...through, sample.entry];
    },
  }),
  theirs('node-watch', {
    title: '`node --watch`',
    command: ({ sample }) => [node, '--watch', ...loader(sample), sample.entry],
  }),
  theirs('tsx-watch', {
    title: '`tsx watch`',
    command: ({ sample }) => [node, tsx, 'watch', sample.entry],
  }),
  theirs('pm2', {
    title: '`pm2 reload` ¹',
    needs: 'pm2',
    command: ({ sample, program }) => {
      const options = ['--interpreter', node, '--name', 'app', '-i', '1'];
      const through = isTypeScript(sample) ? ['--node-args=--import=tsx'] : [];
      return [node, `${program}-runtime`, 'start', sample.entry, ...options, ...through];
    },
    env: ({ root }) => ({ PM2_HOME: path.join(root, 'pm2') }),
    afterSave: async ({ program, root }) => {
      const env = { ...process.env, PM2_HOME: path.join(root, 'pm2') };
      await once(spawn(node, [program, 'reload', 'app'], { env, stdio: 'ignore', timeout: 20_000 }), 'exit');
    },
  }),
  theirs('server-starter', {
    title: 'Server::Starter ¹ ²',
    needs: 'start_server',
    command: ({ sample, port, program }) => {
      const adapted = ['--require', adapter('server-starter.cjs')];
      const start = [program, '--port', String(port), '--'];
      return [...start, node, ...loader(sample), ...adapted, sample.entry];
    },
    afterSave: (_site, pid) => void process.kill(pid, 'SIGHUP'),
  }),
];

function ours(name: string, title: string, options: string[]): Peer {
  return {
    name,
    title,
    ours: true,
    raced: true,
    holds: !options.includes('serveOld'),
    calmEdits: options.includes('serveOld') ? 3 : 1,
    inEditor: true,
    command: ({ sample }) => [node, cli, 'run', '--json', ...options, '--', ...plain(sample)],
  };
}

function theirs(name: string, peer: Pick<Peer, 'command'> & Partial<Peer>): Peer {
  return {
    name,
    title: name,
    ours: false,
    raced: false,
    holds: false,
    calmEdits: 1,
    inEditor: false,
    ...peer,
  };
}

let help: string | undefined;
/** Builds from before the standby have neither the option nor its events. */
export function hasStandby(): boolean {
  help ??= execFileSync(node, [cli, '--help'], { encoding: 'utf8' });
  return help.includes('--no-standby');
}

/** Whether this peer keeps a generation ready, so that an edit may wait for it. */
export function keepsStandby(peer: Peer): boolean {
  return peer.ours && peer.name !== 'hot-swap-no-standby' && hasStandby();
}
