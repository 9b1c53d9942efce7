import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { quantile, type Spread, spread } from '../figures/stats.mts';
import { npmPackages } from '../../tools/npm-packages.mts';
import { invited } from '../../tools/invited.mts';
import { inRepository } from '../servers/samples.mts';
import { pssMb } from '../servers/usage.mts';
import { say } from './say.mts';

/** A Node process that inherits the preload from a server's command, and is no server. */
export interface Bystander {
  name: string;
  /** From start to end, without the preload. */
  bareMs: Spread;
  /** How much later it ends with it: the median of runs side by side. */
  laterMs: number;
}

export interface Bystanders {
  programs: Bystander[];
  /** How much more memory it keeps while it does nothing, shared pages counted by halves, thirds…; NaN without /proc. */
  moreMb: number;
}

interface Program {
  args: string[];
  /** The time (ms) is what it prints, instead of from its start to its end. */
  tellsTime?: boolean;
}

const worker = `const start = performance.now();
new (require('node:worker_threads').Worker)('0', { eval: true }).on('exit', () => console.log(performance.now() - start));`;
const runs = 25;
const memoryRuns = 10;

/** Each alternately without and with the preload, since a machine is not as fast all the time. */
export async function measureBystanders(): Promise<Bystanders> {
  const bare = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'NODE_CHANNEL_FD']) Reflect.deleteProperty(bare, name);
  const withPreload = invited(bare);
  const measured: Bystander[] = [];
  for (const [name, program] of Object.entries(await programs())) {
    say(`bystander: ${name}`);
    const bareMs: number[] = [];
    const laterMs: number[] = [];
    timeOf(program, bare);
    for (let run = 0; run < runs; run++) {
      const took = timeOf(program, bare);
      bareMs.push(took);
      laterMs.push(timeOf(program, withPreload) - took);
    }
    measured.push({ name, bareMs: spread(bareMs), laterMs: median(laterMs) });
  }
  const memory: number[] = [];
  for (let run = 0; run < memoryRuns; run++) {
    const idle = await memoryAtRest(bare);
    memory.push((await memoryAtRest(withPreload)) - idle);
  }
  return { programs: measured, moreMb: median(memory) };
}

async function programs(): Promise<Record<string, Program>> {
  const version = (file: string): Program => ({ args: [file, '--version'] });
  const tool = (file: string): Program => version(inRepository(path.join('node_modules', file)));
  const jest = path.join(await npmPackages('bench-jest', ['jest@30']), 'jest/bin/jest.js');
  const npm = process.env['npm_execpath'];
  return {
    'node -e 0': { args: ['-e', '0'] },
    'a worker thread': { args: ['-e', worker], tellsTime: true },
    ...(npm === undefined ? {} : { 'npm --version': version(npm) }),
    'tsc --version': tool('typescript/bin/tsc'),
    'jest --version': version(jest),
    'eslint --version': tool('eslint/bin/eslint.js'),
    'prettier --version': tool('prettier/bin/prettier.cjs'),
  };
}

function timeOf({ args, tellsTime }: Program, env: NodeJS.ProcessEnv): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  return tellsTime ? Number(stdout) : performance.now() - start;
}

async function memoryAtRest(env: NodeJS.ProcessEnv): Promise<number> {
  const idle = "setInterval(() => {}, 1e9); gc(); console.log('idle')";
  const child = spawn(process.execPath, ['--expose-gc', '-e', idle], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const used = pssMb(child.pid!);
  child.kill();
  await once(child, 'close');
  return used;
}

function median(values: number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
