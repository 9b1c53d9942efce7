/** Says what happens to one server: events for the log, outcomes for those who wait for one. */
import type { Report } from '../handoff/state.ts';
import { noResult } from '../shared/model.ts';
import type { Cause, DrainProgress, HandoffEvent, ListenerStatus } from '../shared/model.ts';
import type { Clock } from '../shared/clock.ts';
import type { Generation } from './generation.ts';
import type { ListenerStore } from './listener-store.ts';
import type { Member, Roster } from './roster.ts';
import type { Waiters } from './waiters.ts';

type Unstamped<Event> = Event extends HandoffEvent ? Omit<Event, 'server' | 'time'> : never;
export type EventBody = Unstamped<HandoffEvent>;

export class Reporter {
  /** Of the last generation that was not started from a standby. */
  coldBootMs: number | undefined;
  private readonly emit: (body: EventBody) => void;
  private readonly clock: Clock;
  private readonly roster: Roster;
  private readonly listeners: ListenerStore;
  private readonly waiters: Waiters;
  /** Told to accept, has not confirmed. */
  private accepting: { readonly generation: number; readonly from: number | undefined } | undefined;
  private lastActive: number | undefined;
  private lastExitCode: number | null = null;
  private stoppedAt = 0;
  private holding = false;

  constructor(
    emit: (body: EventBody) => void,
    clock: Clock,
    roster: Roster,
    listeners: ListenerStore,
    waiters: Waiters,
  ) {
    this.emit = emit;
    this.clock = clock;
    this.roster = roster;
    this.listeners = listeners;
    this.waiters = waiters;
  }

  /** Who served before the generation that was told to accept and has not confirmed. */
  get replaced(): Member | undefined {
    return this.roster.find(this.accepting?.from);
  }

  starting(generation: Generation, cause: Cause, replaces: number | undefined): void {
    this.holding = false;
    const { number, pid } = generation;
    const replacing = replaces === undefined ? {} : { replaces };
    this.emit({ event: 'starting', generation: number, pid, cause, ...replacing });
  }

  listening(generation: number, listener: ListenerStatus, adopted: boolean): void {
    const port = listener.port === undefined ? {} : { port: listener.port };
    this.emit({ event: 'listening', generation, listener: listener.key, ...port, adopted });
  }

  /** Once a swap: that requests wait is news, how many is in the status. */
  held(generation: number): void {
    const requests = this.roster.held;
    if (this.holding || requests === 0) return;
    this.holding = true;
    this.emit({ event: 'holding', generation, requests });
  }

  ready({ number, bootMs }: Generation): void {
    this.emit({ event: 'ready', generation: number, bootMs, held: this.roster.held });
  }

  stopped(member: Member, progress: DrainProgress): void {
    this.stoppedAt = this.clock.now();
    member.drain = { since: this.stoppedAt, progress };
  }

  /** The generation confirmed that it accepts: from here on it serves. */
  accepted(member: Member): boolean {
    const { generation, cause } = member;
    const { number, bootMs } = generation;
    if (this.accepting?.generation !== number) return false;
    const { from } = this.accepting;
    this.accepting = undefined;
    const now = this.clock.now();
    const swapMs = now - cause.at;
    const pid = generation.serverPid;
    this.coldBootMs = bootMs;
    member.serving = { generation: number, pid, since: now, bootMs, swapMs };
    if (from !== undefined) this.emit({ event: 'cutover', from, to: number, gapMs: now - this.stoppedAt });
    const listeners = this.listeners.list();
    this.emit({ event: 'serving', generation: number, pid, bootMs, swapMs, listeners, coldBootMs: bootMs });
    const drain = this.roster.find(from)?.drain;
    if (from !== undefined && drain !== undefined) {
      this.emit({ event: 'draining', generation: from, ...drain.progress });
    }
    this.waiters.serving(number, swapMs);
    return true;
  }

  /** Not for one that was gone before it was asked to accept. */
  retired({ generation, drain }: Member): void {
    if (generation.number === this.lastActive) this.lastExitCode = generation.exit.code;
    const result = drain?.result ?? { ...noResult, lost: drain?.progress.requests ?? 0 };
    this.emit({
      event: 'retired',
      generation: generation.number,
      exitCode: generation.exit.code,
      signal: generation.exit.signal,
      drainMs: drain === undefined ? 0 : this.clock.now() - drain.since,
      served: generation.served,
      finished: result.finished,
      eventStreams: result.eventStreams,
      webSockets: result.webSockets,
      idle: result.idle,
      lost: result.lost,
    });
  }

  /** `next`: the number that the next generation will have. */
  report(report: Report, next: number): void {
    switch (report.kind) {
      case 'serving':
        this.accepting = { generation: report.generation, from: report.from };
        this.lastActive = report.generation;
        return;
      case 'rolledBack': {
        const { failure, serving } = report;
        this.listeners.discard(failure.generation);
        if (serving !== undefined) this.lastActive = serving;
        const still = serving === undefined ? {} : { serving };
        this.emit({ event: 'rolledBack', ...failure, released: this.roster.held, ...still });
        this.waiters.rolledBack(failure, serving);
        return;
      }
      case 'replaced':
        this.listeners.discard(report.generation);
        this.emit({ event: 'replaced', generation: report.generation, by: report.by });
        return;
      case 'holdExpired': {
        const message = `the new generation takes long to start, so requests that waited go to gen ${String(report.generation)}`;
        this.emit({ event: 'notice', level: 'warn', message });
        return;
      }
      case 'stopped': {
        const exitCode = this.roster.find(this.lastActive)?.generation.exit.code ?? this.lastExitCode;
        this.emit({ event: 'stopped', exitCode, requested: report.requested });
        this.waiters.stopped(next);
      }
    }
  }
}
