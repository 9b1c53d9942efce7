/** What a builder's output says of its builds: pieces of text in, builds that began and ended out. */
import { stripVTControlCharacters } from 'node:util';
import type { BuildProblem, Says } from './builder.ts';
import { ProblemReader } from './problems.ts';

export type BuildNews =
  | { readonly news: 'began' }
  | { readonly news: 'whole' }
  /** More of the same may follow in the next lines: `problems` are to be taken when it is quiet. */
  | { readonly news: 'failed' };

export class BuildReader {
  private readonly says: Says;
  private readonly reader = new ProblemReader();
  private rest = '';
  private running = 0;

  constructor(says: Says) {
    this.says = says;
  }

  /** False where only quiet tells that a build is over. */
  get tells(): boolean {
    return this.says.ends !== undefined;
  }

  read(text: string): BuildNews[] {
    const lines = (this.rest + text).split(/\r?\n/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.line(stripVTControlCharacters(line)));
  }

  /** Of the build that failed. */
  problems(): readonly BuildProblem[] {
    return this.reader.take();
  }

  private line(line: string): BuildNews[] {
    const { begins, ends, fails, several } = this.says;
    if (begins?.test(line) === true) {
      this.running = several === true ? this.running + 1 : 1;
      if (this.running === 1) this.reader.take();
      return [{ news: 'began' }];
    }
    const isError = this.reader.read(line);
    if (fails?.test(line) === true) {
      this.running = 0;
      return [{ news: 'failed' }];
    }
    if (ends?.test(line) !== true) return isError && begins === undefined ? [{ news: 'failed' }] : [];
    this.running = several === true ? Math.max(0, this.running - 1) : 0;
    if (this.running > 0) return [];
    return [{ news: this.reader.isEmpty ? 'whole' : 'failed' }];
  }
}
