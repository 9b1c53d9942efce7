/** What one server has told so far, in the order in which it happened. */
import type { Clock } from '../../shared/clock.ts';
import type { EventBody, HandoffEvent, OutputChunk } from '../../shared/model.ts';
import { History } from './history.ts';
import { OutputBatch } from './output-batch.ts';

export interface ToldEvents {
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
}

export class Told {
  readonly history = new History();
  private readonly output: OutputBatch;
  private readonly server: string;
  private readonly clock: Clock;
  private readonly events: ToldEvents;

  constructor(server: string, clock: Clock, events: ToldEvents) {
    this.server = server;
    this.clock = clock;
    this.events = events;
    this.output = new OutputBatch(clock, (chunk) => {
      this.history.print(chunk);
      events.printed(chunk);
    });
  }

  print(chunk: Omit<OutputChunk, 'server' | 'time'>): void {
    this.output.add({ server: this.server, time: this.clock.now(), ...chunk });
  }

  emit(body: EventBody): void {
    this.output.flush(); // what it printed before comes before
    const event = { server: this.server, time: this.clock.now(), ...body } as HandoffEvent;
    this.history.happen(event);
    this.events.happened(event);
  }
}
