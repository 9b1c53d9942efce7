/** Output that is not the server's own, line by line behind a label: `tsc │ Found 0 errors.` */
import type { OutputChunk } from '../model.ts';

export class Labels {
  /** What is not a whole line yet, by part and stream. */
  private readonly rest = new Map<string, string>();

  /** The lines that are whole with this chunk, without their ends. Blank ones say nothing. */
  lines({ part = '', stream, text }: Pick<OutputChunk, 'part' | 'stream' | 'text'>): readonly string[] {
    const key = `${part} ${stream}`;
    const lines = ((this.rest.get(key) ?? '') + text).split(/\r?\n/);
    this.rest.set(key, lines.pop() ?? '');
    return lines.filter((line) => line.trim() !== '').map((line) => `${part} │ ${line}`);
  }
}
