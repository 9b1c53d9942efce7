/**
 * A script of package.json as what it runs: one after another (`&&`, `;`), beside each other (`&`), in groups. Pipes
 * stay with their command. Words are as in shell.ts.
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

/** Undefined if the script does more than that: alternatives, redirections, command substitution. */
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
    const words = this.words();
    let tail = '';
    while (this.skip('|')) tail += ` | ${formatWords(this.words())}`;
    return { kind: 'command', words, tail };
  }

  private words(): string[] {
    const words: string[] = [];
    for (; !this.isAtEnd && this.operator === undefined; this.at++) {
      const word = entryWord(this.entries[this.at]);
      if (word === undefined) throw new Error('a comment');
      words.push(word);
    }
    if (words.length === 0) throw new Error('no command');
    return words;
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
