/**
 * Command lines as far as detection understands them: `a && b && PROGRAM ARG…`, no pipes, no redirection.
 *
 * A word may hold a variable (`$PORT`) or be a glob (`src/*.ts`), which only the shell can fill in. They
 * travel through the words between private-use characters, and a line with one is given to a shell again.
 */
import { parse, quote } from 'shell-quote';

export interface CommandLine {
  /** What runs before the last command, each as its words. */
  readonly before: readonly (readonly string[])[];
  /** The last command. */
  readonly words: readonly string[];
}

/** Characters of the private use area: no command line has them. */
const [variableStart, globStart, end] = ['\uE000', '\uE001', '\uE002'];
const special = /[\uE000\uE001]([^\uE002]*)\uE002/;

/** Substitutions that shell-quote would lose: command output, defaults, the shell's own numbers. */
const tooClever = /`|\$\(|\$\{(?!\w+\})|\$[^A-Za-z_{'"\s]/;

export function isTooClever(line: string): boolean {
  return tooClever.test(line);
}

/** For shell-quote: what stands for a variable among the words. */
export function variable(name: string): string {
  return variableStart + name + end;
}

/** Undefined for an operator or a comment. */
export function entryWord(entry: ReturnType<typeof parse>[number] | undefined): string | undefined {
  if (typeof entry === 'string') return entry;
  return entry !== undefined && 'pattern' in entry ? globStart + entry.pattern + end : undefined;
}

/** Undefined if the line does more than run commands one after another. */
export function parseLine(line: string): CommandLine | undefined {
  if (isTooClever(line)) return undefined;
  const commands: string[][] = [[]];
  for (const entry of parse(line, variable)) {
    const word = entryWord(entry);
    if (word !== undefined) commands.at(-1)?.push(word);
    else if (typeof entry === 'object' && 'op' in entry && entry.op === '&&') commands.push([]);
    else return undefined;
  }
  const words = commands.pop() ?? [];
  return words.length === 0 || commands.some((command) => command.length === 0)
    ? undefined
    : { before: commands, words };
}

/** True if only a shell can tell what the word means. */
export function needsShell(word: string): boolean {
  return special.test(word);
}

/** A glob as what it says if it matches nothing, which is how a shell leaves it then. */
export function unmatched(word: string): string {
  return word.replace(new RegExp(`${globStart}([^${end}]*)${end}`, 'g'), '$1');
}

/** The words as one would type them. */
export function formatWords(words: readonly string[]): string {
  return words.map(formatWord).join(' ');
}

export function formatLine(line: CommandLine): string {
  return [...line.before, line.words].map(formatWords).join(' && ');
}

function formatWord(word: string): string {
  // Quotes around the name, too, would make an assignment a program's name.
  const assignment = /^([A-Za-z_]\w*=)([^]+)$/.exec(word);
  if (assignment !== null) return (assignment[1] ?? '') + formatWord(assignment[2] ?? '');
  // Split by a pattern with one group: text and special parts alternate.
  const parts = word.split(new RegExp(`(${special.source.replace('(', '(?:')})`));
  return parts.length === 1 ? formatText(word) : parts.map(formatPart).join('');
}

function formatPart(part: string): string {
  if (part === '') return '';
  if (part.startsWith(variableStart)) {
    const name = part.slice(1, -1);
    // What is put in its place stands for itself, before a shell sees it: runtimes/front/moves.ts.
    return name === 'port' ? '${port}' : `"$${name}"`;
  }
  if (part.startsWith(globStart)) return part.slice(1, -1);
  return formatText(part);
}

/** shell-quote escapes more than needed (`a\=b`), which reads badly in a log. */
function formatText(text: string): string {
  return /^[\w@%+=:,./\\{}-]+$/.test(text) && !text.includes('\\') ? text : quote([text]);
}

/** Splits `A=1 B=2 program arg` into its assignments and the rest. */
export function splitAssignments(words: readonly string[]): {
  env: Record<string, string>;
  rest: readonly string[];
} {
  const env: Record<string, string> = {};
  let index = 0;
  for (; index < words.length; index++) {
    const match = /^([A-Za-z_]\w*)=([^]*)$/.exec(words[index] ?? '');
    if (match?.[1] === undefined) break;
    env[match[1]] = match[2] ?? '';
  }
  return { env, rest: words.slice(index) };
}

/** `node` for `/usr/bin/node`, `./node_modules/.bin/nodemon` and `nodemon.cmd` alike. */
export function programName(word: string | undefined): string {
  return (word ?? '').replace(/^.*[/\\]/, '').replace(/\.(cmd|exe|ps1)$/i, '');
}
