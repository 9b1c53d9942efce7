/** The server under `hot-swap run`, and what is told of it. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import type { HandoffEvent, HandoffEventName } from '../../../src/shared/model.ts';
import { Program } from '../../bench/servers/processes.mts';
import { inRepository } from '../../bench/servers/samples.mts';
import type { Site } from './site.mts';
import { tail } from './tail.mts';

type EventOf<Name extends HandoffEventName> = HandoffEvent & { readonly event: Name };

/** A save that does not come to serve: refused by the server itself, or by what builds it. */
export function isRefusal(event: HandoffEvent): event is EventOf<'rolledBack'> {
  return ['rolledBack', 'buildFailed'].includes(event.event);
}

/** Who has dropped a standby makes the next one soon, or none. */
const givenUpMs = 3_000;

export class Hot {
  readonly events: HandoffEvent[] = [];
  readonly exited: Promise<void>;
  private readonly program: Program;
  private readonly output: string;
  private ended = false;

  constructor(
    private readonly site: Site,
    options: readonly string[] = [],
  ) {
    this.output = path.join(site.root, 'hot.log');
    const command = [
      process.execPath,
      inRepository('dist/cli.js'),
      'run',
      '--json',
      ...options,
      '--',
      ...site.words,
    ];
    this.program = new Program(command, site.folder, site.env, this.output, true);
    this.exited = this.program.exited.then(() => void (this.ended = true));
    createInterface({ input: this.program.child.stdout! }).on('line', (line) => {
      this.events.push(JSON.parse(line) as HandoffEvent);
      fs.appendFileSync(path.join(site.root, 'events.jsonl'), `${line}\n`);
    });
  }

  /** The first such event after a moment; undefined if it does not come in time or the command ends before. */
  serving(timeoutMs: number, after = 0): Promise<EventOf<'serving'> | undefined> {
    return this.first((event): event is EventOf<'serving'> => event.event === 'serving', timeoutMs, after);
  }

  refusal(timeoutMs: number, after: number): Promise<EventOf<'rolledBack'> | undefined> {
    return this.first(isRefusal, timeoutMs, after);
  }

  /** Until the next generation stands ready, or it is known that none will. */
  async untilWarm(after: number, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!this.ended && performance.now() < end) {
      const last = this.events.findLast(({ event }) => event === 'standby' || event === 'serving');
      if (last?.event === 'standby' && last.time > after) {
        if (last.state === 'warm') return;
        if (last.state === 'dropped' && Date.now() - last.time > givenUpMs) return;
      }
      await sleep(20);
    }
  }

  /** The end of what the server printed. */
  printed(bytes: number): string {
    return tail(this.output, bytes);
  }

  /** As Ctrl+C does. False if it had to be killed. */
  async stop(): Promise<boolean> {
    if (this.ended) return true;
    process.kill(this.program.pid, 'SIGINT');
    await Promise.race([this.exited, sleep(30_000)]);
    return this.ended;
  }

  kill(): void {
    this.program.killGroup();
  }

  private async first<Event extends HandoffEvent>(
    is: (event: HandoffEvent) => event is Event,
    timeoutMs: number,
    after: number,
  ): Promise<Event | undefined> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const found = this.events.find((event): event is Event => event.time >= after && is(event));
      if (found !== undefined || this.ended || performance.now() > end) return found;
      await sleep(10);
    }
  }
}
