/**
 * Joins the output of a server that prints a line for every request: one message to each client for many lines.
 */
import type { OutputChunk } from '../../shared/model.ts';
import type { Clock } from '../../shared/clock.ts';

/** Too short for a person to see. */
const batchMs = 16;
const largest = 64 * 1024;

export class OutputBatch {
  private readonly clock: Clock;
  private readonly flushed: (chunk: OutputChunk) => void;
  private pending: OutputChunk | undefined;
  private timer: { cancel(): void } | undefined;

  constructor(clock: Clock, flushed: (chunk: OutputChunk) => void) {
    this.clock = clock;
    this.flushed = flushed;
  }

  add(chunk: OutputChunk): void {
    const { pending } = this;
    const joins =
      pending?.generation === chunk.generation &&
      pending.part === chunk.part &&
      pending.stream === chunk.stream;
    if (!joins) this.flush(); // the order of streams and generations is kept
    const joined = joins ? { ...pending, text: pending.text + chunk.text } : chunk;
    this.pending = joined;
    if (joined.text.length > largest) this.flush();
    else this.timer ??= this.clock.setTimeout(() => this.flush(), batchMs);
  }

  flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const { pending } = this;
    this.pending = undefined;
    if (pending !== undefined) this.flushed(pending);
  }
}
