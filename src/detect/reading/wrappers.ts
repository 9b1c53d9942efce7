/** Programs that only prepare another one: `cross-env A=b x`, `npx x`, `dotenv -- x`. */
import { programName, splitAssignments } from './shell.ts';

export interface Wrapped {
  /** Kept in front of what the inner words become; empty if `env` says it all. */
  readonly keep: readonly string[];
  readonly inner: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** True for npx and the like: their job is to find the program in node_modules/.bin. */
  readonly finds: boolean;
  /** What it hands down as LISTEN_FDS, as `listen` of a server says it. */
  readonly listen?: readonly string[];
}

/** Subcommands that run a program of node_modules/.bin. */
const finders: Readonly<Record<string, readonly string[]>> = {
  npm: ['exec', 'x'],
  pnpm: ['exec', 'dlx'],
  yarn: ['exec', 'dlx', 'run'],
  bun: ['x'],
};

/** Turborepo hides from what it runs all variables that its configuration does not name, but for Node's options. */
export function inTheOpen(words: readonly string[]): readonly string[] | undefined {
  const [program, task = ''] = words;
  const runs = task === 'run' || /^(dev|start|serve)\b/.test(task);
  if (programName(program) !== 'turbo' || !runs || words.some((word) => word.startsWith('--env-mode')))
    return undefined;
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return [...words.slice(0, end), '--env-mode=loose', ...words.slice(end)];
}

/** Undefined if the words start no other program. */
export function unwrapWrapper(words: readonly string[]): Wrapped | undefined {
  const program = programName(words[0]);
  switch (program) {
    case 'cross-env':
    case 'env': {
      const { env, rest } = splitAssignments(words.slice(1));
      return rest[0]?.startsWith('-') === true ? undefined : { keep: [], inner: rest, env, finds: false };
    }
    case 'dotenv':
    case 'dotenvx':
    case 'env-cmd': {
      const inner = words.indexOf('--') + 1;
      return inner === 0 ? undefined : { ...split(words, inner), finds: false };
    }
    case 'poetry':
    case 'pipenv':
    case 'pdm':
    case 'uv':
      return words[1] === 'run' ? inEnvironment(words, program === 'uv' ? uv : noFlags) : undefined;
    case 'systemfd':
      return systemfd(words);
    case 'npx':
    case 'bunx':
      return finder(words, 1);
    default: {
      if (finders[program]?.includes(words[1] ?? '') === true) return finder(words, 2);
      // `yarn nodemon` and `pnpm nodemon` work like npx when there is no such script.
      return program === 'yarn' || program === 'pnpm' ? finder(words, 1) : undefined;
    }
  }
}

/** Those that take a value, and those that don't. */
interface Flags {
  readonly valued: ReadonlySet<string>;
  readonly bare: ReadonlySet<string>;
}

const noFlags: Flags = { valued: new Set(), bare: new Set(['--']) };
/** https://docs.astral.sh/uv/reference/cli/#uv-run; those that change the folder, or what is run, are not among them. */
const uv: Flags = {
  valued: new Set(
    '--extra --no-extra --group --no-group --only-group --env-file --with --with-editable --with-requirements -p --python --package --index'.split(
      ' ',
    ),
  ),
  bare: new Set(
    '-- --all-extras --all-groups --dev --no-dev --only-dev --no-default-groups --no-editable --exact --no-env-file --isolated --no-sync --locked --frozen --active --all-packages -q --quiet --offline'.split(
      ' ',
    ),
  ),
};

/** In the project's own Python environment. With flags that nobody knows, who knows where the program begins. */
function inEnvironment(words: readonly string[], { valued, bare }: Flags): Wrapped | undefined {
  let index = 2;
  for (let word = words[index]; word?.startsWith('-') === true; word = words[index]) {
    if (valued.has(word)) index += 2;
    else if (bare.has(word) || valued.has(word.split('=', 1)[0] ?? '')) index++;
    else return undefined;
    if (word === '--') break;
  }
  return words[index] === undefined ? undefined : { ...split(words, index), finds: false };
}

/** https://github.com/mitsuhiko/systemfd: `systemfd --no-pid -s http::3000 -- cargo watch -x run`. */
function systemfd(words: readonly string[]): Wrapped | undefined {
  const end = words.indexOf('--');
  if (end < 0 || words[end + 1] === undefined) return undefined;
  const listen: string[] = [];
  for (let index = 1; index < end; index++) {
    const [flag = '', inline] = (words[index] ?? '').split('=', 2);
    if (['--no-pid', '-q', '--quiet'].includes(flag)) continue;
    if (flag !== '-s' && flag !== '--socket') return undefined;
    const [, kind = 'http', place = ''] = /^(?:(\w+)::)?(.+)$/.exec(inline ?? words[++index] ?? '') ?? [];
    if (!['http', 'https', 'tcp', 'unix'].includes(kind) || place === '') return undefined;
    // A port alone is the loopback's there.
    listen.push(/^\d+$/.test(place) ? `127.0.0.1:${place}` : place);
  }
  return listen.length === 0
    ? undefined
    : { keep: [], inner: words.slice(end + 1), env: {}, finds: false, listen };
}

function finder(words: readonly string[], start: number): Wrapped | undefined {
  let index = start;
  while (words[index]?.startsWith('-') === true) {
    const flag = words[index] ?? '';
    if (!['-y', '--yes', '--no', '--no-install', '--silent', '-s', '-q', '--quiet', '--'].includes(flag))
      return undefined;
    index++;
  }
  return index >= words.length ? undefined : { ...split(words, index), finds: true };
}

function split(words: readonly string[], index: number): Omit<Wrapped, 'finds'> {
  return { keep: words.slice(0, index), inner: words.slice(index), env: {} };
}
