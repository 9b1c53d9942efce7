/** Servers of Debian's that a row's server talks to. They are nobody's to swap: up before the row, down after it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isFree } from '../../tools/free-port.mts';
import { Program } from '../../bench/servers/processes.mts';
import { findOnPath } from '../../tools/cache.mts';
import { runQuietly } from './programs.mts';

type Name = 'redis' | 'postgres';

const services: Record<Name, { debian: string; find: () => string | undefined }> = {
  redis: { debian: 'redis-server', find: () => findOnPath('redis-server') },
  postgres: { debian: 'postgresql', find: findPostgres },
};

/** Hands over `{ redis: port }`. */
export async function withService<T>(
  name: Name | undefined,
  work: (ports: Record<string, number>) => Promise<T>,
): Promise<T> {
  if (name === undefined) return work({});
  const program = await provide(name);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `hot-swap-${name}-`));
  const port = await freePort();
  const command = await commandOf(name, program, folder, port);
  const running = new Program(command, folder, {}, path.join(folder, 'log'));
  try {
    for (let i = 0; i < 200 && (await isFree(port)); i++) await sleep(50);
    await sleep(500);
    return await work({ [name]: port });
  } finally {
    await running.stop('SIGTERM', 5_000);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function provide(name: Name): Promise<string> {
  const { debian, find } = services[name];
  const install = ['install', '-y', '-q', '--no-install-recommends', debian];
  if (find() === undefined) {
    if (findOnPath('apt-get') === undefined || process.getuid?.() !== 0) {
      throw new Error(`it needs ${debian}: sudo apt-get ${install.join(' ')}`);
    }
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=600', '-q', 'update'], '/', env);
    await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...install], '/', env);
  }
  const found = find();
  if (found === undefined) throw new Error(`${debian} has no ${name}`);
  return found;
}

async function commandOf(name: Name, program: string, folder: string, port: number): Promise<string[]> {
  if (name === 'redis') return [program, '--port', String(port), '--save', '', '--appendonly', 'no'];
  // It refuses to be root's.
  const asOther =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const data = path.join(folder, 'data');
  fs.chmodSync(folder, 0o777);
  const [init, ...args] = [
    ...asOther,
    path.join(path.dirname(program), 'initdb'),
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
  ];
  await runQuietly(init, args, folder);
  return [...asOther, program, '-D', data, '-p', String(port), '-k', folder, '-c', 'fsync=off'];
}

function findPostgres(): string | undefined {
  const onPath = findOnPath('postgres');
  if (onPath !== undefined && fs.existsSync(path.join(path.dirname(onPath), 'initdb'))) return onPath;
  const home = '/usr/lib/postgresql';
  const versions = fs.existsSync(home) ? fs.readdirSync(home).sort() : [];
  const found = versions.map((version) => path.join(home, version, 'bin', 'postgres'));
  return found.findLast((file) => fs.existsSync(file));
}
