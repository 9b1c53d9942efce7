/** Recent output and events of one server, for clients that attach late. Bounded. */
import type { HandoffEvent, OutputChunk } from '../shared/model.ts';

const keptCharacters = 256 * 1024;
const keptEvents = 500;

export class History {
  private readonly chunks: OutputChunk[] = [];
  private readonly happened: HandoffEvent[] = [];
  private characters = 0;

  print(chunk: OutputChunk): void {
    this.chunks.push(chunk);
    this.characters += chunk.text.length;
    while (this.characters > keptCharacters && this.chunks.length > 1) {
      this.characters -= this.chunks.shift()?.text.length ?? 0;
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
