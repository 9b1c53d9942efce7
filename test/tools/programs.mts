/** Servers for tests that are programs of their own, as Debian packages them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Program → Debian package; those that are large are for `npm test -- all` only. */
const small = { nginx: 'nginx-light', php: 'php-cli' } as const;

/** Why a test that needs it is skipped; undefined if it is there. */
export function lacksProgram(program: string, ...packages: readonly string[]): string | undefined {
  return has(program) ? undefined : `needs ${program}: apt-get install ${packages.join(' ')}`;
}

/** Installs what is missing where that is possible, and says the command where it is not. */
export function ensurePrograms(): void {
  const missing = Object.entries(small).flatMap(([program, name]) => (has(program) ? [] : [name]));
  if (missing.length === 0) return;
  const args = ['install', '-y', '--no-install-recommends', ...missing];
  const isRoot = process.getuid?.() === 0;
  const done = isRoot && spawnSync('apt-get', args, { stdio: 'ignore', timeout: 300_000 }).status === 0;
  if (!done) console.log(`tests are skipped without: apt-get ${args.join(' ')}`);
}

/** Also where only root's PATH leads. */
function has(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => existsSync(`${folder}/${program}`));
}
