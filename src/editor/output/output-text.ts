/** A server's output as text for a terminal: a rule where a generation takes over, other generations marked. */
import { duration } from '../../shared/words/format.ts';
import { Labels } from '../../shared/words/labels.ts';
import type { HandoffEvent, OutputChunk } from '../../shared/model.ts';

const dim = (text: string): string => `\x1b[2m${text}\x1b[22m`;
const reset = '\x1b[0m';

/**
 * Feed it everything in order. The generation that serves (or boots while nothing serves) prints as it is;
 * lines of any other are kept until they are whole and marked `gen 7 │`, so that they never mix.
 */
export class OutputText {
  private current: number | undefined;
  private serving: number | undefined;
  /** True if the terminal's cursor stands behind text. */
  private midLine = false;
  private readonly partial = new Map<string, string>();
  private readonly labels = new Labels();
  private readonly causes = new Map<number, readonly string[]>();
  /**
   * Of a generation that is ready and not yet known to serve: what it prints as it begins to accept would
   * else stand above its own rule.
   */
  private waiting: { readonly generation: number; readonly chunks: OutputChunk[] } | undefined;

  constructor(private readonly write: (text: string) => void) {}

  print(chunk: OutputChunk): void {
    const { generation, stream, text } = chunk;
    if (chunk.part !== undefined) {
      for (const line of this.labels.lines(chunk))
        this.line(`${dim(line.slice(0, line.indexOf('│') + 1))}${line.slice(line.indexOf('│') + 1)}${reset}`);
      return;
    }
    if (generation === this.waiting?.generation) {
      this.waiting.chunks.push(chunk);
      return;
    }
    if (generation === this.current) {
      this.put(text);
      return;
    }
    const key = `${String(generation)} ${stream}`;
    const lines = ((this.partial.get(key) ?? '') + text).split('\n');
    this.partial.set(key, lines.pop() ?? '');
    for (const line of lines) this.putMarked(generation, line);
  }

  happened(event: HandoffEvent): void {
    switch (event.event) {
      case 'starting':
        this.causes.set(event.generation, event.cause.files);
        if (this.serving === undefined) this.takeOver(event.generation, undefined);
        break;
      case 'ready':
        if (event.generation !== this.current) this.waiting = { generation: event.generation, chunks: [] };
        break;
      case 'serving':
        this.serving = event.generation;
        if (this.current !== event.generation) this.takeOver(event.generation, event.swapMs);
        this.release(event.generation);
        break;
      case 'rolledBack':
        this.serving = event.serving;
        this.release(event.generation);
        this.fallBack(event.serving);
        break;
      case 'replaced':
        this.release(event.generation);
        break;
      case 'retired':
        this.release(event.generation);
        this.forget(event.generation);
        break;
      case 'stopped':
        this.serving = undefined;
        this.current = undefined;
        this.line(dim(event.requested ? 'stopped' : `ended with exit code ${String(event.exitCode ?? '?')}`));
        break;
      default:
    }
  }

  private takeOver(generation: number, ms: number | undefined): void {
    this.forget(generation);
    this.current = generation;
    const parts = [
      `gen ${String(generation)}`,
      ...this.changed(generation),
      ...(ms === undefined ? [] : [duration(ms)]),
    ];
    this.line(dim(`── ${parts.join(' · ')} ──`));
  }

  /** A generation crashed just after it took over, and the one before it serves again. */
  private fallBack(generation: number | undefined): void {
    if (generation === undefined || generation === this.current) return;
    this.current = generation;
    this.line(dim(`── gen ${String(generation)} serves again ──`));
  }

  private release(generation: number): void {
    if (this.waiting?.generation !== generation) return;
    const { chunks } = this.waiting;
    this.waiting = undefined;
    for (const chunk of chunks) this.print(chunk);
  }

  /** `server.js`, `server.js and 2 more`. */
  private changed(generation: number): readonly string[] {
    const files = this.causes.get(generation) ?? [];
    this.causes.delete(generation);
    const [first] = files;
    if (first === undefined) return [];
    const name = first.replace(/^.*[/\\]/, '');
    return [files.length === 1 ? name : `${name} and ${String(files.length - 1)} more`];
  }

  /** What a generation left unfinished is still worth showing. */
  private forget(generation: number): void {
    for (const stream of ['stdout', 'stderr']) {
      const key = `${String(generation)} ${stream}`;
      const rest = this.partial.get(key) ?? '';
      this.partial.delete(key);
      if (rest !== '') this.putMarked(generation, rest);
    }
  }

  private putMarked(generation: number, line: string): void {
    this.line(`${dim(`gen ${String(generation)} │`)} ${line}${reset}`);
  }

  private line(text: string): void {
    this.put(`${this.midLine ? `${reset}\n` : ''}${text}\n`);
  }

  private put(text: string): void {
    if (text === '') return;
    this.midLine = !text.endsWith('\n');
    // A terminal's line feed only goes down.
    this.write(text.replace(/\r?\n/g, '\r\n'));
  }
}
