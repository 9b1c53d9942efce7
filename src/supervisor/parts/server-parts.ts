/** The parts of one server's dev command, told of in the server's words. */
import type { Clock } from '../../shared/clock.ts';
import type { Failure } from '../../shared/failure.ts';
import type { EventBody, OutputChunk, PartStatus, SwapOutcome } from '../../shared/model.ts';
import type { Pipeline, ServerSpec } from '../../shared/spec.ts';
import type { BuildFailure } from './build-failure.ts';
import { Parts } from './parts.ts';
import type { Wholeness } from './parts.ts';

export interface ServerPartsEvents {
  emit(body: EventBody): void;
  printed(chunk: Pick<OutputChunk, 'part' | 'stream' | 'text'>): void;
  changed(): void;
  /** What builders write may be new since then (ms since the epoch), and is whole; `at`: when they began. */
  whole(since: number, at: number): void;
  /** The number that the next generation will have, and that of the one that serves. */
  numbers(): { readonly next: number; readonly serving: number | undefined };
}

export class ServerParts {
  private readonly clock: Clock;
  private readonly events: ServerPartsEvents;
  private pipeline: Pipeline | undefined;
  private parts: Parts | undefined;
  /** A failure is told once, however many wait for it. */
  private told: BuildFailure | undefined;
  /** Who ends them once more waits for the same end. */
  private ending: Promise<unknown> = Promise.resolve();

  constructor(pipeline: Pipeline | undefined, clock: Clock, events: ServerPartsEvents) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.events = events;
  }

  /** Takes effect when they are started the next time. */
  define({ pipeline }: ServerSpec): void {
    const isOther = JSON.stringify(pipeline) !== JSON.stringify(this.pipeline);
    this.pipeline = pipeline;
    if (!isOther || this.parts === undefined) return;
    const message =
      'the dev command builds in another way than when it was started: Restart Server (cold) takes it over.';
    this.events.emit({ event: 'notice', level: 'info', message });
  }

  get status(): readonly PartStatus[] | undefined {
    return this.parts?.status;
  }

  get failure(): Failure | undefined {
    const failure = this.parts?.failure;
    return failure && { generation: this.events.numbers().next, ...failure };
  }

  get isStarting(): boolean {
    return this.parts?.isStarting === true;
  }

  get isUp(): boolean {
    return this.parts !== undefined;
  }

  get hasBuilders(): boolean {
    return this.parts?.hasBuilders === true;
  }

  isSource(file: string): boolean {
    return this.parts?.isSource(file) === true;
  }

  isMade(file: string): boolean {
    return this.parts?.isMade(file) === true;
  }

  /** All steps are to run again before the next swap. */
  touchAll(): void {
    this.parts?.touchAll();
  }

  /** Undefined: the server can be started. */
  async start(): Promise<SwapOutcome | undefined> {
    if (this.pipeline === undefined) return undefined;
    this.parts ??= new Parts(this.pipeline, this.clock, {
      printed: (chunk) => this.events.printed(chunk),
      notice: (level, message) => this.events.emit({ event: 'notice', level, message }),
      built: (part, buildMs) => this.events.emit({ event: 'built', part, buildMs }),
      whole: (since, at) => this.events.whole(since, at),
      failed: (failure) => this.tell(failure),
      changed: () => this.events.changed(),
    });
    const starting = this.parts.start();
    this.events.changed();
    return this.outcomeOf(await starting);
  }

  /** Undefined: what these files are a part of is whole. */
  async settled(files: readonly string[], since: number): Promise<SwapOutcome | undefined> {
    const made = await this.parts?.settled(files, since);
    return made && this.outcomeOf(made);
  }

  async end(signal?: NodeJS.Signals): Promise<void> {
    const { parts } = this;
    this.parts = undefined;
    this.told = undefined;
    if (parts !== undefined) this.ending = Promise.all([this.ending, parts.end(signal)]);
    await this.ending;
  }

  kill(): void {
    this.parts?.kill();
    this.parts = undefined;
  }

  private outcomeOf(made: Wholeness): SwapOutcome | undefined {
    switch (made.kind) {
      case 'whole':
        this.told = undefined;
        return undefined;
      case 'ended':
        return { outcome: 'stopped' };
      case 'failed': {
        this.tell(made.failure);
        const { next, serving } = this.events.numbers();
        const failure = { generation: next, ...made.failure };
        return { outcome: 'rolledBack', failure, ...(serving === undefined ? {} : { serving }) };
      }
    }
  }

  private tell(failure: BuildFailure): void {
    if (JSON.stringify(failure) === JSON.stringify(this.told)) return;
    this.told = failure;
    const { next, serving } = this.events.numbers();
    this.events.emit({
      event: 'buildFailed',
      generation: next,
      ...failure,
      ...(serving === undefined ? {} : { serving }),
    });
    this.events.changed();
  }
}
