/** Says what happens to one server: events for the log, outcomes for those who wait for one. */
import type { Report } from '../../handoff/state.ts';
import { pendingText } from '../../shared/debugging/debug.ts';
import { blockedText, slowText } from '../../shared/words/slow.ts';
import { noResult } from '../../shared/model.ts';
import type { Cause, DrainProgress, EventBody, ListenerStatus } from '../../shared/model.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Generation } from '../generations/generation.ts';
import { unmanagedNotice } from '../listeners/unmanaged.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import { detailsOf, type Member, type Roster } from './roster.ts';
import type { Waiters } from './waiters.ts';

/** One whose loop is blocked for longer (ms) answers nobody anyway. */
const holdsMs = 1000;

/** Why it does not come back by itself. */
const gaveUpAdvice = {
  again: 'It crashed twice within ten seconds: fix and save.',
  unanswered: 'It crashed before its first answer: fix and save.',
} as const;

/** A generation that begins to boot. */
export interface Beginning {
  readonly generation: Generation;
  readonly cause: Cause;
  readonly replaces: number | undefined;
  /** The generation that it replaces was told to hold new requests, and will confirm it. */
  readonly holds: boolean;
  /** Why it was not released from standby, if that should be told. */
  readonly noStandby: string | undefined;
}

export class Reporter {
  /** Of the last generation that was not started from a standby. */
  coldBootMs: number | undefined;
  private readonly tell: (body: EventBody) => void;
  private readonly clock: Clock;
  private readonly roster: Roster;
  private readonly listeners: ListenerStore;
  private readonly waiters: Waiters;
  /** Told to accept, has not confirmed. */
  private accepting: { readonly generation: number; readonly from: number | undefined } | undefined;
  private lastActive: number | undefined;
  private lastExitCode: number | null = null;
  private holding = false;
  /** A start that is told once requests wait for it, so that its time is a promise. */
  private untold: { readonly event: EventBody; readonly deadline: { cancel(): void } } | undefined;

  constructor(
    tell: (body: EventBody) => void,
    clock: Clock,
    roster: Roster,
    listeners: ListenerStore,
    waiters: Waiters,
  ) {
    this.tell = tell;
    this.clock = clock;
    this.roster = roster;
    this.listeners = listeners;
    this.waiters = waiters;
  }

  /** Who served before the generation that was told to accept and has not confirmed. */
  get replaced(): Member | undefined {
    return this.roster.find(this.accepting?.from);
  }

  starting({ generation, cause, replaces, holds, noStandby }: Beginning): void {
    this.holds(); // of a swap that this one replaces
    this.holding = false;
    const { number, pid, origin } = generation;
    const began = { generation: number, pid, cause, origin };
    const why = noStandby === undefined ? {} : { noStandby };
    const older = replaces === undefined ? {} : { replaces };
    const event: EventBody = { event: 'starting', ...began, ...why, ...older };
    if (!holds) {
      this.tell(event);
      return;
    }
    const deadline = this.clock.setTimeout(() => this.holds(), holdsMs);
    this.untold = { event, deadline };
  }

  /** The older generation confirmed that requests wait, or it can't be waited for any longer. */
  holds(): void {
    const { untold } = this;
    this.untold = undefined;
    untold?.deadline.cancel();
    if (untold !== undefined) this.tell(untold.event);
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
    member.drain = { since: this.clock.now(), progress };
  }

  sameCode(now: number, before: number): void {
    const same = `gen ${String(now)} is the same code as gen ${String(before)}`;
    this.notice('info', `${same}: no file that it loaded has changed.`);
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
    if (generation.origin === 'cold') this.coldBootMs = bootMs;
    member.serving = { generation: number, pid, since: now, bootMs, swapMs, ...detailsOf(member, now) };
    const drain = this.roster.find(from)?.drain;
    const gapMs = drain === undefined ? 0 : now - drain.since;
    if (from !== undefined) this.emit({ event: 'cutover', from, to: number, gapMs });
    const listeners = this.listeners.list();
    const coldBootMs = this.coldBootMs ?? bootMs;
    const standby = generation.origin === 'standby' || generation.origin === 'ahead';
    this.emit({ event: 'serving', generation: number, pid, bootMs, swapMs, listeners, coldBootMs, standby });
    if (from !== undefined && drain !== undefined) {
      this.emit({ event: 'draining', generation: from, ...drain.progress });
    }
    this.waiters.serving(number, swapMs);
    return true;
  }

  /** It serves, and nobody can be told more of it. */
  private unmanaged(member: Member | undefined): void {
    const unmanaged = member?.generation.unmanaged;
    if (member === undefined || unmanaged === undefined) return;
    const number = (this.lastActive = member.generation.number);
    this.emit({ event: 'notice', ...unmanagedNotice(number, unmanaged) });
    if (unmanaged.isTried === true) return;
    const { pid, listener } = unmanaged;
    const now = this.clock.now();
    // It was found a while after it had booted: a time would be wrong.
    const serving = { generation: number, pid, bootMs: 0, swapMs: now - member.cause.at };
    member.serving = { ...serving, since: now };
    this.emit({ event: 'serving', ...serving, listeners: [listener], coldBootMs: 0, standby: false });
    this.waiters.serving(number, serving.swapMs);
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

  private notice(level: 'info' | 'warn', message: string): void {
    this.emit({ event: 'notice', level, message });
  }

  private emit(body: EventBody): void {
    this.holds(); // what follows the start is told after it
    this.tell(body);
  }

  /** `next`: the number that the next generation will have. */
  report(report: Report, next: number): void {
    switch (report.kind) {
      case 'serving':
        this.accepting = { generation: report.generation, from: report.from };
        this.lastActive = report.generation;
        return;
      case 'unmanaged':
        this.unmanaged(this.roster.find(report.generation));
        return;
      case 'rolledBack': {
        const { serving, gaveUp } = report;
        const failure =
          gaveUp === undefined ? report.failure : { advice: gaveUpAdvice[gaveUp], ...report.failure };
        this.listeners.discard(failure.generation);
        if (serving !== undefined) this.lastActive = serving;
        const still = serving === undefined ? {} : { serving };
        this.emit({ event: 'rolledBack', ...failure, released: this.roster.held, ...still });
        this.waiters.rolledBack(failure, serving);
        return;
      }
      case 'crashed':
        this.emit({ event: 'crashed', ...report.failure, comesBack: report.comesBack });
        return;
      case 'vacating':
        this.emit({ event: 'vacating', generation: report.generation, cause: report.cause });
        return;
      case 'exclusive': {
        this.listeners.discard(report.failure.generation);
        const { generation, message } = report.failure;
        const sentence = `gen ${String(generation)} can't start beside the one before, which holds what it needs (${message}): from now on the older one ends first, and connections wait.`;
        this.notice('warn', sentence);
        return;
      }
      case 'replaced':
        this.listeners.discard(report.generation);
        this.emit({ event: 'replaced', generation: report.generation, by: report.by });
        return;
      case 'pending':
        this.notice('info', pendingText(report.generation, report.candidate));
        return;
      case 'blocked':
        this.notice('warn', blockedText(report.generation, report.next));
        return;
      case 'holdExpired':
        this.notice('warn', slowText(report.generation));
        return;
      case 'slow': {
        const { generation, message, advice = '' } = report.failure;
        const isInvited = this.roster.find(generation)?.generation.peers.isInvited === true;
        const sentence = `gen ${String(generation)} is still starting. ${message}, and is waited for: nothing else serves.`;
        this.notice('warn', isInvited ? sentence : `${sentence} ${advice}`);
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
