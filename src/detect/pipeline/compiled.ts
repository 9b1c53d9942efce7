/** Commands that compile and run at once (`go run`, `cargo run`): the first is a step, and only the second has generations. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { needsShell, programName } from '../reading/shell.ts';

export interface Compiled {
  readonly build: readonly string[];
  readonly run: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags of `go build` whose value may be the next word (https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies). */
const goValued = new Set(
  (
    'p asmflags buildmode compiler gccgoflags gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec ' +
    'covermode coverpkg'
  ).split(' '),
);
/** `-C` goes to another folder, `-exec` has something else run it. */
const goLeft = new Set(['C', 'exec', 'n']);
const cargoValued = new Set(
  '-p --package --bin --example --features -F --profile --target --target-dir --manifest-path -j --jobs --config -Z --color'.split(
    ' ',
  ),
);

/** Undefined if these words do nothing of that kind, or something that can't be said as two commands. */
export function compiledStart(words: readonly string[], cwd: string, env: Environment): Compiled | undefined {
  const program = programName(words[0]);
  if (words[1] !== 'run') return undefined;
  if (program === 'go') return goRun(words, cwd, env);
  return program === 'cargo' ? cargoRun(words) : undefined;
}

/** `go run` makes its binary anew at each start, compiled or not, and hands no signal on. */
function goRun(
  [go = 'go', , ...args]: readonly string[],
  cwd: string,
  env: Environment,
): Compiled | undefined {
  let at = 0;
  while (args[at]?.startsWith('-') === true) {
    const [, name = '', inline] = /^--?([^=]*)(=)?/.exec(args[at] ?? '') ?? [];
    if (goLeft.has(name)) return undefined;
    at += goValued.has(name) && inline === undefined ? 2 : 1;
  }
  const files = args.slice(at).findIndex((word) => !word.endsWith('.go'));
  const end = args[at]?.endsWith('.go') === true ? (files < 0 ? args.length : at + files) : at + 1;
  const what = args.slice(at, end);
  const [first] = what;
  // A module of somewhere else is built once: nobody edits it.
  if (first === undefined || first.includes('@') || args.slice(0, end).some(needsShell)) return undefined;
  const name = programName(first).replace(/\.go$/, '').replace(/^\.*$/, '') || basename(cwd) || 'main';
  const output = join(cacheOf(env), 'go', keyOf([cwd, ...args.slice(0, end)]), name);
  return { build: [go, 'build', '-o', output, ...args.slice(0, end)], run: [output, ...args.slice(end)] };
}

/** What is built is found again in less than a tenth of a second, and replaced by the server in the same process. */
function cargoRun([cargo = 'cargo', , ...args]: readonly string[]): Compiled | undefined {
  const flags: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-') || word === '--') break;
    flags.push(word);
    const value = args[at + 1];
    if (!cargoValued.has(word) || value === undefined) continue;
    flags.push(value);
    at++;
  }
  return { build: [cargo, 'build', ...flags], run: [cargo, 'run', ...args] };
}

/** The user's own, where compilers keep what they build, too. */
function cacheOf({ XDG_CACHE_HOME, HOME }: Environment): string {
  return join(XDG_CACHE_HOME ?? join(HOME ?? homedir(), '.cache'), 'hot-swap');
}

function keyOf(words: readonly string[]): string {
  return createHash('sha1').update(JSON.stringify(words)).digest('hex').slice(0, 12);
}
