/** Programs that only prepare another one: `cross-env A=b x`, `npx x`, `dotenv -- x`. */
import { programName, splitAssignments } from './shell.ts';

export interface Wrapped {
  /** Kept in front of what the inner words become; empty if `env` says it all. */
  readonly keep: readonly string[];
  readonly inner: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** True for npx and the like: their job is to find the program in node_modules/.bin. */
  readonly finds: boolean;
}

/** Subcommands that run a program of node_modules/.bin. */
const finders: Readonly<Record<string, readonly string[]>> = {
  npm: ['exec', 'x'],
  pnpm: ['exec', 'dlx'],
  yarn: ['exec', 'dlx', 'run'],
  bun: ['x'],
};

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
    case 'uv':
      // In the project's own Python environment. With flags of its own, who knows where the program begins.
      return words[1] === 'run' && words[2]?.startsWith('-') === false
        ? { ...split(words, 2), finds: false }
        : undefined;
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
