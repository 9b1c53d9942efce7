import { spawn } from 'node:child_process';
import path from 'node:path';
import { cacheDir } from '../../tools/cache.mts';
import { npmPackages } from '../../tools/npm-packages.mts';
import { pinned } from '../versions.mts';

/** The environment in which pnpm and yarn are found, too. */
export async function packageManagers(): Promise<NodeJS.ProcessEnv> {
  const modules = await npmPackages('compat-package-managers', ['pnpm', 'yarn'].map(pinned));
  return {
    ...process.env,
    PATH: `${path.join(modules, '.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
    // Node's headers, where Debian has them: the place to fetch them from is not everybody's.
    npm_config_nodedir: '/usr',
    CI: 'true',
    DISABLE_TELEMETRY: 'true',
  };
}

/** Where pnpm keeps what it links from. */
export const pnpmStore = path.join(cacheDir, 'compat-pnpm-store');

/** Tells what it printed only if it fails. */
export async function runQuietly(
  program: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const ended = await new Promise<number | string>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done(code ?? signal ?? 1));
  });
  if (ended !== 0) {
    const line = `${path.basename(program)} ${args.join(' ')}`;
    throw new Error(`"${line}" ended with ${ended}\n${printed.slice(-2000)}`);
  }
}
