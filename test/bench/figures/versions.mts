import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ProgramName, provide } from '../servers/programs.mts';
import { repository } from '../servers/samples.mts';

/** Of everything that has a say in the figures. */
export async function versions(programs: ProgramName[]): Promise<Record<string, string>> {
  const packages = ['nodemon', 'tsx', 'express', 'fastify'];
  const found: Record<string, string> = {};
  for (const name of programs) {
    const program = await provide(name);
    if ('version' in program) found[name] = program.version;
  }
  return {
    'hot-swap': `${read('package.json').version}${commit()}`,
    node: process.versions.node,
    ...Object.fromEntries(packages.map((name) => [name, read(`node_modules/${name}/package.json`).version])),
    ...found,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    cpus: `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}`,
    'load average before': os
      .loadavg()
      .map((n) => n.toFixed(2))
      .join(' '),
  };
}

/** Changes when somebody builds, which in the middle of a run would mix two products. */
export function buildStamp(): string {
  const dist = path.join(repository, 'dist');
  const files = fs.existsSync(dist) ? fs.readdirSync(dist).filter((name) => name.endsWith('.js')) : [];
  return files.map((name) => `${name} ${fs.statSync(path.join(dist, name)).mtimeMs}`).join();
}

function read(file: string): { version: string } {
  return JSON.parse(fs.readFileSync(path.join(repository, file), 'utf8')) as { version: string };
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, {
        cwd: repository,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return ` (${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') ? ', changed since' : ''})`;
  } catch {
    return ''; // not a clone
  }
}
