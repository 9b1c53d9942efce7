/** Python for tests, with servers that nobody here wrote: as Debian packages them. */
import { spawnSync } from 'node:child_process';

/** Import name → Debian package. */
const packages = {
  aiohttp: 'python3-aiohttp',
  django: 'python3-django',
  fastapi: 'python3-fastapi',
  flask: 'python3-flask',
  gunicorn: 'gunicorn',
  hypercorn: 'python3-hypercorn',
  tornado: 'python3-tornado',
  uvicorn: 'uvicorn',
  uvloop: 'python3-uvloop',
  waitress: 'python3-waitress',
} as const;

export type PythonPackage = keyof typeof packages;

/** The system's own, for which these packages are. */
export const python = process.env['HOT_SWAP_TEST_PYTHON'] ?? '/usr/bin/python3';

const install = (names: readonly string[]): readonly string[] => [
  'apt-get',
  'install',
  '-y',
  '--no-install-recommends',
  ...names,
];

/** Why a test that needs them is skipped; undefined if they are all there. */
export function lacksPython(...needed: readonly PythonPackage[]): string | undefined {
  const lacking = missing();
  if (lacking === undefined) return `there is no ${python}`;
  const names = needed.filter((name) => lacking.includes(name));
  const command = install(names.map((name) => packages[name])).join(' ');
  return names.length === 0 ? undefined : `needs ${names.join(', ')}: ${command}`;
}

/** Installs what is missing where that is possible, and says the command where it is not. */
export function ensurePythonPackages(): void {
  const names = missing();
  if (names?.length === 0) return;
  const all = names ?? (Object.keys(packages) as PythonPackage[]);
  const [program = '', ...args] = install(all.map((name) => packages[name]));
  const isRoot = process.getuid?.() === 0;
  const done = isRoot && spawnSync(program, args, { stdio: 'ignore', timeout: 300_000 }).status === 0;
  if (!done) console.log(`tests of ${all.join(', ')} are skipped without: ${[program, ...args].join(' ')}`);
}

const look =
  'import importlib.util, sys; print(*(n for n in sys.argv[1:] if importlib.util.find_spec(n) is None))';
let found: readonly string[] | undefined;

/** Undefined: there is no Python. */
function missing(): readonly PythonPackage[] | undefined {
  if (found === undefined) {
    const { status, stdout } = spawnSync(python, ['-c', look, ...Object.keys(packages)], {
      encoding: 'utf8',
    });
    if (status !== 0) return undefined;
    found = stdout.split(/\s+/).filter((name) => name !== '');
  }
  return found as readonly PythonPackage[];
}
