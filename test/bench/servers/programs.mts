// The peers that are no devDependencies of ours: fetched when a run first wants them, into the cache folder of the
// tests, so that nobody who only runs the tests pays for them.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findOnPath, run } from '../../tools/cache.mts';
import { npmPackages } from '../../tools/npm-packages.mts';

export type ProgramName = 'bun' | 'pm2' | 'vite-node' | 'start_server';

/** Where a program is, or why it is not there. */
export type Program = { path: string; version: string } | { missing: string };

/** The npm package with a Bun for this machine; the "baseline" one also runs where there is no AVX2. */
const bunPackage = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;
const fromNpm: Record<
  Exclude<ProgramName, 'start_server'>,
  { package: string; major: string; file: string }
> = {
  bun: { package: bunPackage, major: '1', file: 'bin/bun' },
  pm2: { package: 'pm2', major: '7', file: 'bin/pm2' },
  'vite-node': { package: 'vite-node', major: '6', file: 'dist/cli.mjs' },
};
const known = new Map<ProgramName, Program>();

/** Installs it if need be; what cannot be had is no error, the table says so. */
export async function provide(name: ProgramName): Promise<Program> {
  let program = known.get(name);
  if (!program) {
    program = await (name === 'start_server' ? serverStarter() : npmPackage(name)).catch(
      (error: unknown) => ({
        missing: error instanceof Error ? error.message : String(error),
      }),
    );
    known.set(name, program);
  }
  return program;
}

async function npmPackage(name: Exclude<ProgramName, 'start_server'>): Promise<Program> {
  const { package: packageName, major, file } = fromNpm[name];
  const program = path.join(packageName, file);
  const wanted = [`${packageName}@${major}`];
  const modules = await npmPackages(`bench-${name}`, wanted, name === 'bun' ? program : undefined);
  const { version } = JSON.parse(
    fs.readFileSync(path.join(modules, packageName, 'package.json'), 'utf8'),
  ) as {
    version: string;
  };
  return { path: path.join(modules, program), version };
}

async function serverStarter(): Promise<Program> {
  const debianPackage = 'libserver-starter-perl';
  const install = ['install', '-y', '-q', '--no-install-recommends', debianPackage];
  if (findOnPath('start_server') === undefined) {
    if (findOnPath('apt-get') === undefined)
      return { missing: 'install Server::Starter (start_server) from CPAN' };
    if (process.getuid?.() !== 0) {
      return { missing: `sudo apt-get update && sudo apt-get ${install.join(' ')}` };
    }
    const wait = ['-o', 'DPkg::Lock::Timeout=600'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', [...wait, '-y', '-q', 'update'], { env });
    await run('apt-get', [...wait, ...install], { env });
  }
  const found = findOnPath('start_server');
  if (found === undefined) return { missing: `${debianPackage} has no start_server` };
  const version = execFileSync(found, ['--version'], { encoding: 'utf8' });
  return { path: found, version: /\d[\d.]*/.exec(version)?.[0] ?? 'unknown' };
}
