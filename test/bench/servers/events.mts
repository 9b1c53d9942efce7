import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A line of `hot-swap run --json`, as far as the bench reads it. Times are ms since the epoch. */
export interface HotSwapEvent {
  event: string;
  time: number;
  generation?: number;
  pid?: number;
  bootMs?: number;
  swapMs?: number;
  message?: string;
  /** Of `standby`: warming, warm or dropped. */
  state?: string;
  /** Of `serving`: that generation stood ready. */
  standby?: boolean;
}

/** Collects the events; a line that is none is a complaint, for stdout carries nothing else. */
export function readEvents(stdout: Readable, events: HotSwapEvent[], complaints: string[]): void {
  createInterface({ input: stdout }).on('line', (line) => {
    const event = parse(line);
    if (event) events.push(event);
    else complaints.push(`not an event on stdout: ${line}`);
  });
}

function parse(line: string): HotSwapEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<HotSwapEvent>;
    return typeof event.event === 'string' && typeof event.time === 'number'
      ? (event as HotSwapEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
