/** Ruby for tests, with servers that nobody here wrote: as Debian packages them. */
import { spawnSync } from 'node:child_process';

/** Library → Debian package. */
const packages = { webrick: 'ruby-webrick', puma: 'puma', sinatra: 'ruby-sinatra' } as const;

export type RubyPackage = keyof typeof packages;

/** The system's own, for which these packages are. */
export const ruby = process.env['HOT_SWAP_TEST_RUBY'] ?? '/usr/bin/ruby';

const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'ruby', ...Object.values(packages)];

const look = 'puts ARGV.reject { |name| Gem::Specification.any? { |gem| gem.name == name } }';
let found: readonly string[] | undefined;

/** Why a test that needs them is skipped; undefined if they are all there. */
export function lacksRuby(...needed: readonly RubyPackage[]): string | undefined {
  const lacking = missing();
  if (lacking === undefined) return `there is no ${ruby}: ${install.join(' ')}`;
  const names = needed.filter((name) => lacking.includes(name));
  return names.length === 0 ? undefined : `needs ${names.join(', ')}: ${install.join(' ')}`;
}

/** Installs what is missing where that is possible, and says the command where it is not. */
export function ensureRubyPackages(): void {
  if (missing()?.length === 0) return;
  found = undefined;
  const [program = '', ...args] = install;
  const isRoot = process.getuid?.() === 0;
  const done = isRoot && spawnSync(program, args, { stdio: 'ignore', timeout: 300_000 }).status === 0;
  if (!done) console.log(`tests of Ruby are skipped without: ${install.join(' ')}`);
}

/** Undefined: there is no Ruby. */
function missing(): readonly string[] | undefined {
  if (found === undefined) {
    const { status, stdout } = spawnSync(ruby, ['-e', look, ...Object.keys(packages)], { encoding: 'utf8' });
    if (status !== 0) return undefined;
    found = stdout.split(/\s+/).filter((name) => name !== '');
  }
  return found;
}
