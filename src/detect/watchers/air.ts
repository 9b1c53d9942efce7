/** What air would build and run (https://github.com/air-verse/air/blob/master/air_example.toml). */
import { join } from 'node:path';
import type { ReadFile } from '../reading/files.ts';
import { parseLine } from '../reading/shell.ts';
import type { Watched } from './watched.ts';

const defaults = { cmd: 'go build -o ./tmp/main .', bin: './tmp/main' };

/** `words` begin with air. Undefined if it would do something else than build one thing and run it. */
export async function unwatchAir(
  words: readonly string[],
  cwd: string,
  readFile: ReadFile,
): Promise<Watched | undefined> {
  const { file, args } = said(words.slice(1));
  if (file === undefined) return undefined;
  const text = (await readFile(join(cwd, file))) ?? '';
  const build = /^\[build\]([^]*?)(?=^\[|$(?![^]))/m.exec(text)?.[1] ?? '';
  const own = args.length > 0 ? args : listOf(build, 'args_bin');
  const cmd = parseLine(stringOf(build, 'cmd') ?? defaults.cmd);
  const bin = parseLine(stringOf(build, 'full_bin') ?? listOf(build, 'entrypoint').join(' ')) ?? {
    before: [],
    words: [stringOf(build, 'bin') ?? defaults.bin],
  };
  const [program = ''] = bin.words;
  if (cmd === undefined || bin.before.length > 0 || program === '') return undefined;
  const run = /^(?:\.{0,2}\/|\w+=)/.test(program) || bin.words.length > 1 ? program : `./${program}`;
  return {
    watcher: 'air',
    line: { before: [...cmd.before, cmd.words], words: [run, ...bin.words.slice(1), ...own] },
  };
}

/** `air -c .air.toml -- --port 8080`; `air init` and other words are not to run a server. */
function said(args: readonly string[]): { file?: string; args: readonly string[] } {
  let file = '.air.toml';
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') return { file, args: args.slice(at + 1) };
    if (word === '-c') file = args[++at] ?? file;
    else if (word !== '-d') return { args: [] };
  }
  return { file, args: [] };
}

function stringOf(section: string, key: string): string | undefined {
  const [, double, single] =
    new RegExp(`^\\s*${key}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'([^']*)')`, 'm').exec(section) ?? [];
  const text = single ?? double?.replace(/\\(.)/g, '$1');
  return text === '' ? undefined : text;
}

function listOf(section: string, key: string): string[] {
  const list = new RegExp(`^\\s*${key}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(section)?.[1] ?? '';
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(
    ([, double, single = '']) => double ?? single,
  );
}
