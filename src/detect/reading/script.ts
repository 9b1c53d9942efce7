/**
 * A script of package.json as what it runs: one after another (`&&`, `;`), beside each other (`&`), in groups. Pipes
 * and where output goes stay with their command. Words are as in shell.ts.
 */
import { parse } from 'shell-quote';
import { entryWord, formatWords, isTooClever, variable } from './shell.ts';

export type Script =
  | {
      readonly kind: 'command';
      readonly words: readonly string[];
      /** ` | pino-pretty`: what a shell is to do with its output. */
      readonly tail: string;
    }
  | { readonly kind: 'sequence' | 'parallel'; readonly of: readonly Script[] };

type Entry = ReturnType<typeof parse>[number];

/** What begins more than a command (POSIX 2.4), or makes the shell do something later. */
const reserved: ReadonlySet<string> = new Set(
  '! { } case do done elif else esac fi for function if in select then until while [[ trap eval'.split(' '),
);

/** Undefined if the script does more than that: alternatives, redirections of input, command substitution. */
export function parseScript(text: string): Script | undefined {
  if (isTooClever(text)) return undefined;
  try {
    const reader = new ScriptReader(parse(text, variable));
    const script = reader.list();
    return reader.isAtEnd ? script : undefined;
  } catch {
    return undefined;
  }
}

export function scriptOf(words: readonly string[], tail = ''): Script {
  return { kind: 'command', words, tail };
}

/** POSIX 2.10.2, as far as scripts go. Throws at what it does not know. */
class ScriptReader {
  private readonly entries: readonly Entry[];
  private at = 0;

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }

  get isAtEnd(): boolean {
    return this.at >= this.entries.length;
  }

  /** `&` and `;` bind less than `&&`: `a & b && c` runs a beside b, then c. */
  list(): Script {
    const beside: Script[] = [];
    let sequence: Script[] = [];
    while (!this.isAtEnd && this.operator !== ')') {
      sequence.push(this.andList());
      if (this.skip('&')) {
        beside.push(joined('sequence', sequence));
        sequence = [];
      } else if (!this.skip(';')) break;
    }
    // `a & b & wait` waits for what runs beside each other anyway.
    if (beside.length > 0) sequence = sequence.filter((one) => !isWait(one));
    return joined('parallel', [...beside, ...(sequence.length === 0 ? [] : [joined('sequence', sequence)])]);
  }

  private get operator(): string | undefined {
    const entry = this.entries[this.at];
    return typeof entry === 'object' && 'op' in entry && !('pattern' in entry) ? entry.op : undefined;
  }

  private andList(): Script {
    const all = [this.command()];
    while (this.skip('&&')) all.push(this.command());
    return joined('sequence', all);
  }

  private command(): Script {
    if (this.skip('(')) {
      const inner = this.list();
      if (!this.skip(')')) throw new Error('a group without its end');
      return inner;
    }
    const { words, output } = this.simple();
    if (reserved.has(words[0] ?? '')) throw new Error('a loop, or a decision');
    let tail = output;
    while (this.skip('|')) {
      const next = this.simple();
      tail += ` | ${formatWords(next.words)}${next.output}`;
    }
    // `exec` takes the place of its shell, where there is one.
    const isExec = words[0] === 'exec' && words[1]?.startsWith('-') === false;
    return { kind: 'command', words: isExec ? words.slice(1) : words, tail };
  }

  /** With where its output goes: ` 2>&1`, ` >> dev.log`. */
  private simple(): { words: string[]; output: string } {
    const words: string[] = [];
    let output = '';
    for (;;) {
      const { operator } = this;
      if (operator === '>' || operator === '>>') {
        this.at++;
        // Of `x 2> y` and `x 2 > y` the words are the same.
        if (/^[12]$/.test(words.at(-1) ?? '')) throw new Error('one of its streams, or a word');
        output += ` ${operator} ${formatWords([this.word()])}`;
      } else if (operator === '>&') {
        this.at++;
        const [from = '', to] = [words.pop(), this.word()];
        if (!/^[12]$/.test(from) || !/^[12]$/.test(to)) throw new Error('not a stream');
        output += ` ${from}>&${to}`;
      } else if (operator === undefined && !this.isAtEnd) words.push(this.word());
      else break;
    }
    if (words.length === 0) throw new Error('no command');
    return { words, output };
  }

  private word(): string {
    const word = this.operator === undefined ? entryWord(this.entries[this.at]) : undefined;
    if (word === undefined) throw new Error('a comment, or nothing');
    this.at++;
    return word;
  }

  private skip(operator: string): boolean {
    if (this.operator !== operator) return false;
    this.at++;
    return true;
  }
}

function joined(kind: 'sequence' | 'parallel', of: readonly Script[]): Script {
  const [only] = of;
  if (only === undefined) throw new Error('no command');
  const flat = of.flatMap((one) => (one.kind === kind ? one.of : [one]));
  return of.length === 1 ? only : { kind, of: flat };
}

function isWait(script: Script): boolean {
  return script.kind === 'command' && script.words.length === 1 && script.words[0] === 'wait';
}
