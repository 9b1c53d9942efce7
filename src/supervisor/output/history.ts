/** Recent output and events of one server, for clients that attach late. Bounded. */
import type { HandoffEvent, OutputChunk } from '../../shared/model.ts';

const keptCharacters = 256 * 1024;
/** A chunk costs this many more, however short it is: most are lines. */
const chunkCharacters = 100;
const keptEvents = 500;

export class History {
  private readonly chunks: OutputChunk[] = [];
  private readonly happened: HandoffEvent[] = [];
  private characters = 0;

  print(chunk: OutputChunk): void {
    this.chunks.push(chunk);
    this.characters += costOf(chunk);
    while (this.characters > keptCharacters && this.chunks.length > 1) {
      const oldest = this.chunks.shift();
      if (oldest !== undefined) this.characters -= costOf(oldest);
    }
  }

  happen(event: HandoffEvent): void {
    this.happened.push(event);
    if (this.happened.length > keptEvents) this.happened.shift();
  }

  get output(): readonly OutputChunk[] {
    return [...this.chunks];
  }

  get events(): readonly HandoffEvent[] {
    return [...this.happened];
  }
}

function costOf({ text }: OutputChunk): number {
  return text.length + chunkCharacters;
}
