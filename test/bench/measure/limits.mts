/**
 * What the tests measure and do not judge, since it depends on the machine: memory of a supervisor over many swaps and
 * with many servers, of a relayed gigabyte, idle time, what activation takes. The same tests, told to judge.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../../tools/root.mts';
import { say } from './say.mts';

export interface Limit {
  name: string;
  /** What the tests printed of it, and what they judged. */
  found: string[];
  kept: boolean;
}

const suites: Record<string, readonly string[]> = {
  'what the preload costs who never listens': ['test/supervisor/node-cost.test.ts'],
  'memory of the supervisor over 200 swaps': ['test/supervisor/soak.test.ts'],
  'memory of the supervisor with 20 servers': ['test/supervisor/scale-servers.test.ts'],
  'idleness beside 50,000 files': ['test/supervisor/scale-files.test.ts'],
  'memory of a generation that relays 1 GB': ['test/supervisor/scale-streams.test.ts'],
  'a swap from standby beside its cold boot': ['test/supervisor/standby.test.ts'],
  'activation in the editor': ['test/e2e/activation.test.mts'],
};

export async function measureLimits(): Promise<Limit[]> {
  const found: Limit[] = [];
  for (const [name, files] of Object.entries(suites)) {
    say(`limits: ${name}`);
    const args = ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=1', ...files];
    found.push({ name, ...(await judged(process.execPath, args)) });
  }
  const name = 'save to released in the editor';
  say(`limits: ${name}`);
  const args = ['--import', 'tsx', 'test/editor/run.mts', '4-standby'];
  found.push({ name, ...(await judged(process.execPath, args)) });
  return found;
}

async function judged(program: string, args: readonly string[]): Promise<Omit<Limit, 'name'>> {
  const child = spawn(program, args, {
    cwd: join(root),
    env: { ...process.env, HOT_SWAP_LIMITS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { found: figures(stripVTControlCharacters(output)), kept: code === 0 };
}

/** The diagnostics of the tests, and what they held against a limit. */
function figures(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    const [, told] =
      /^\s*ℹ (?!(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) )(.*)$/.exec(line) ?? [];
    const [, judged] = /^\s*judged: (.*)$/.exec(line) ?? [];
    const [, printed] = /^(save → released: .*)$/.exec(line) ?? [];
    return told ?? judged ?? printed ?? [];
  });
}
