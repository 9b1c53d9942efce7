/** The watchers that differ from their server by a few flags. */
import type { WatcherGlobs } from '../../shared/spec.ts';
import { stripFlags, type FlagRules, type Stripped } from '../reading/flags.ts';
import { globsOf } from './globs.ts';
import { watched } from './watched.ts';
import type { Watched } from './watched.ts';

const nodeValues = ['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions'];
const nodeWatch: FlagRules = {
  drop: ['--watch', '--watch-preserve-output', '--experimental-watch'],
  dropWithValue: ['--watch-path', '--watch-kill-signal'],
  keepWithValue: [...nodeValues, '--env-file', '--title'],
};
const tsxWatch: FlagRules = {
  drop: [...nodeWatch.drop, '--clear-screen', '--no-clear-screen'],
  dropWithValue: [...nodeWatch.dropWithValue, '--include', '--exclude', '--ignore'],
  keepWithValue: [...nodeWatch.keepWithValue, '--tsconfig'],
};
const nodeDev: FlagRules = {
  drop: ['--clear', '--dedupe', '--fork', '--no-notify', '--poll', '--respawn', '--vm'],
  dropWithValue: [
    '--debounce',
    '--deps',
    '--graceful_ipc',
    '--ignore',
    '--interval',
    '--notify',
    '--timestamp',
  ],
  keepWithValue: nodeValues,
};
const viteNodeWatch: FlagRules = {
  drop: ['-w', '--watch'],
  dropWithValue: [],
  keepWithValue: ['-r', '--root', '-c', '--config', '-m', '--mode'],
};
const bunWatch: FlagRules = {
  drop: ['--watch', '--hot', '--no-clear-screen'],
  dropWithValue: [],
  keepWithValue: ['-r', '--preload', '--env-file', '--cwd'],
};
const denoWatch: FlagRules = {
  // Their values come after `=` only.
  drop: ['--watch', '--watch-hmr', '--watch-exclude', '--no-clear-screen'],
  dropWithValue: [],
  keepWithValue: ['-c', '--config', '--import-map'],
};
const cargoWatch: FlagRules = {
  drop: ['-c', '--clear', '-q', '--quiet', '--why', '--poll', '--postpone', '--no-gitignore', '--no-ignore'],
  dropWithValue: ['-x', '--exec', '-w', '--watch', '-i', '--ignore', '-d', '--delay'],
  keepWithValue: [],
};
const pythonReload: AnywhereRules = { drop: /^--reload/, valued: /^--reload-/ };
const fastifyWatch: AnywhereRules = {
  drop: /^(-[wV]|--(verbose-)?watch)$/,
  valued: /^--(ignore|follow)-watch$/,
};

const moleculerHot: AnywhereRules = { drop: /^(-H|--hot)$/, valued: /^$/ };

interface AnywhereRules {
  /** Names of flags. */
  readonly drop: RegExp;
  /** Those that have a value, in the next word or after `=`. */
  readonly valued: RegExp;
}

/** Undefined if these words are none of them. */
export function unwatchByFlags(program: string, words: readonly string[]): Watched | undefined {
  const [first = '', second, ...rest] = words;
  const args = words.slice(1);
  switch (program) {
    case 'node':
      return withoutFlags([first], args, nodeWatch);
    case 'tsx':
      if (second === 'watch') {
        const { kept, values } = stripFlags(rest, tsxWatch);
        return { ...watched('tsx watch', [first, ...kept]), globs: globsSaid(values) };
      }
      return withoutFlags([first], args, tsxWatch);
    case 'node-dev':
      return watched('node-dev', ['node', ...stripFlags(args, nodeDev).kept]);
    case 'vite-node':
      return withoutFlags([first], args, viteNodeWatch);
    case 'bun':
      if (second === 'run') return withoutFlags([first, second], rest, bunWatch);
      return withoutFlags([first], args, bunWatch);
    case 'deno':
      if (second !== 'run' && second !== 'serve') return undefined;
      return withoutFlags([first, second], rest, denoWatch);
    case 'cargo':
      return second === 'watch' ? unwatchCargo(rest) : undefined;
    case 'gow':
    case 'wgo':
      // Their own flags come before, and change what is watched.
      return second === 'run' ? watched(program, ['go', 'run', ...rest]) : undefined;
    case 'fastapi':
      return second === 'dev' ? unwatchFastapi(words) : undefined;
    case 'fastify':
      return second === 'start' ? withoutAnywhere(words, fastifyWatch) : undefined;
    case 'moleculer-runner':
      return withoutAnywhere(words, moleculerHot);
    case 'uvicorn':
    case 'hypercorn':
    case 'gunicorn':
      return withoutAnywhere(words, pythonReload);
    default:
      return undefined;
  }
}

/** It differs from `fastapi run` in more than that it watches. */
function unwatchFastapi(words: readonly string[]): Watched | undefined {
  if (words.includes('--no-reload')) return undefined;
  const [program = '', dev = '', ...args] = words.filter((word) => word !== '--reload');
  return watched('fastapi dev', [program, dev, '--no-reload', ...args]);
}

/** `cargo watch -x run`: one command of cargo's, or it is more than a server. */
function unwatchCargo(args: readonly string[]): Watched | undefined {
  const { values } = stripFlags(args, cargoWatch);
  const said = values.flatMap(([flag, value]) => (flag === '-x' || flag === '--exec' ? [value] : []));
  const [only = ''] = said;
  return said.length === 1 && /^run( [\w./=-]+)*$/.test(only)
    ? watched('cargo watch', ['cargo', ...only.split(' ')])
    : undefined;
}

function withoutFlags(
  start: readonly string[],
  args: readonly string[],
  rules: FlagRules,
): Watched | undefined {
  const { kept, dropped, values } = stripFlags(args, rules);
  const flag = dropped[0];
  if (flag === undefined) return undefined;
  return { ...watched([...start, flag].join(' '), [...start, ...kept]), globs: globsSaid(values) };
}

/** Of node and tsx. */
function globsSaid(values: Stripped['values']): WatcherGlobs | undefined {
  const of = (...flags: string[]): string[] =>
    values.flatMap(([flag, value]) => (flags.includes(flag) ? [value] : []));
  return globsOf(of('--include', '--watch-path'), undefined, of('--exclude', '--ignore'));
}

/** Some take their flags after the app, too. */
function withoutAnywhere(words: readonly string[], { drop, valued }: AnywhereRules): Watched | undefined {
  const kept: string[] = [];
  let first: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [flag = word] = word.split('=', 1);
    if (valued.test(flag)) {
      if (flag === word) index++;
    } else if (drop.test(flag)) first ??= flag;
    else kept.push(word);
  }
  return first === undefined ? undefined : watched(`${words[0] ?? ''} ${first}`, kept);
}
