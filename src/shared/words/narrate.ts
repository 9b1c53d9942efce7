/** The handoff log: events as sentences about the user's server, one block a swap. Pure. */
import { causeText, count, drainText, duration, megabytes } from './format.ts';
import { ignoredText } from '../ignored.ts';
import type { Failure } from '../failure.ts';
import type { HandoffEvent, Origin } from '../model.ts';

/** Milliseconds. */
const tellSteps = 10_000;

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** `SyntaxError in routes/users.js:31:14, Unexpected token '}'`. */
export function failureText(failure: Failure, relative: (file: string) => string): string {
  const { message, file, line, column } = failure;
  if (file === undefined) return message;
  const place = [relative(file), line, column].filter((part) => part !== undefined).join(':');
  const [, kind, rest] = /^(\w*Error|TS\d+)(?: \[\w+\])?: (.*)$/s.exec(message) ?? [];
  return kind === undefined || rest === undefined ? `${message} in ${place}` : `${kind} in ${place}, ${rest}`;
}

export class Narrator {
  private readonly relative: (file: string) => string;
  /** When each server's swap began, for the times since the save. */
  private readonly began = new Map<string, number>();
  private readonly leftOut = new Map<string, string>();
  /** `api 7`: of their requests nobody knows. */
  private readonly crashed = new Set<string>();

  /** `relative` shortens a path for the reader, usually to the workspace. */
  constructor(relative: (file: string) => string) {
    this.relative = relative;
  }

  /** No lines for what another line says already. */
  lines(event: HandoffEvent): LogLine[] {
    const text = (level: LogLine['level'], sentence: string): LogLine[] => [
      { level, text: `${event.server}: ${sentence}` },
    ];
    const step = (sentence: string): LogLine[] => [
      { level: 'info', text: `  ${this.since(event).padEnd(9)} ${sentence}` },
    ];
    switch (event.event) {
      case 'starting': {
        this.began.set(event.server, event.cause.at);
        const cause = causeText(event.cause, this.relative);
        const what =
          event.replaces === undefined
            ? `${cause}, starting gen ${gen(event)}`
            : `${cause}, swapping gen ${String(event.replaces)} for ${gen(event)}`;
        const why = event.noStandby === undefined ? '' : ` from cold: ${event.noStandby}`;
        const how: Record<Origin, string> = {
          cold: `booting${why}`,
          spare: `booting in a process that was up already (pid ${String(event.pid)})`,
          standby: `released from standby (pid ${String(event.pid)})`,
          ahead: `released from standby, run up to there already (pid ${String(event.pid)})`,
        };
        return [...text('info', what), ...step(`gen ${gen(event)} ${how[event.origin]}`)];
      }
      case 'vacating': {
        this.began.set(event.server, event.cause.at);
        const cause = causeText(event.cause, this.relative);
        return text('info', `${cause}, ending gen ${gen(event)} before the next one starts`);
      }
      case 'listening':
        return [
          {
            level: 'debug',
            text: `  gen ${gen(event)} ${event.adopted ? 'inherited' : 'bound'} ${event.listener}`,
          },
        ];
      case 'holding':
        return step(`new requests wait for the next generation`);
      case 'ready': {
        const held = event.held > 0 ? `, holding ${count(event.held, 'request')}` : '';
        return step(`gen ${gen(event)} ready in ${duration(event.bootMs)}${held}`);
      }
      case 'cutover':
        return step(`cutover ${String(event.from)} → ${String(event.to)} in ${duration(event.gapMs)}`);
      case 'serving': {
        const where = event.listeners.map((listener) =>
          listener.port === undefined ? (listener.path ?? listener.key) : `:${String(listener.port)}`,
        );
        const on = where.length === 0 ? '' : ` on ${where.join(', ')}`;
        const cold =
          event.coldBootMs > event.bootMs ? ` A cold boot took ${duration(event.coldBootMs)}.` : '';
        return step(`gen ${gen(event)} serves${on} (pid ${String(event.pid)}).${cold}`);
      }
      case 'draining': {
        if (event.connections === 0) return [];
        const what = drainText(event) || count(event.connections, 'idle connection');
        return step(`gen ${gen(event)} draining: ${what}`);
      }
      case 'retired':
        if (this.crashed.delete(`${event.server} ${gen(event)}`)) return [];
        return event.served ? text(event.lost > 0 ? 'warn' : 'info', retiredText(event)) : [];
      case 'crashed':
        this.crashed.add(`${event.server} ${gen(event)}`);
        return text('error', this.crashedText(event));
      case 'rolledBack':
        if (event.reason === 'crashed') this.crashed.add(`${event.server} ${gen(event)}`);
        return text('error', this.rolledBackText(event));
      case 'replaced':
        return step(`gen ${gen(event)} replaced by a newer save`);
      case 'ignored':
        return text(
          'info',
          `${this.relative(event.file)} saved, ignored: ${ignoredText(event.reason, event.generation)}.`,
        );
      case 'built':
        return text('info', `${event.part} built in ${duration(event.buildMs)}.`);
      case 'buildFailed':
        return text('error', this.buildFailedText(event));
      case 'stopped':
        return text('info', event.requested ? 'stopped.' : `ended by itself${exitText(event.exitCode)}.`);
      case 'listenerClosed':
        return text('info', `${event.listener} closed: ${event.reason}.`);
      case 'standby':
        return this.standbyLines(event);
      case 'notice':
        return text(event.level, event.message);
    }
  }

  /** The first that is warm tells what it costs, and so does each that leaves out something else. */
  private standbyLines(event: HandoffEvent & { event: 'standby' }): LogLine[] {
    const line = (level: LogLine['level'], sentence: string): LogLine[] => [
      { level, text: `${event.server}: ${sentence}` },
    ];
    if (event.state === 'warming') return line('debug', 'preparing the next generation.');
    if (event.state === 'dropped') return line('debug', `standby dropped: ${event.why}.`);
    if (event.state === 'ahead')
      return line(
        'debug',
        `the next generation has run ahead: ${count(event.modules, 'module')}. It ${event.before} next.`,
      );
    const leftOut = event.leftOut.join(', ');
    const known = this.leftOut.get(event.server) === leftOut;
    this.leftOut.set(event.server, leftOut);
    const without = leftOut === '' ? '' : ` It leaves these to the app: ${leftOut}.`;
    return line(
      known ? 'debug' : 'info',
      `standby ready in ${duration(event.warmMs)}, ${megabytes(event.memory)}, ${count(event.modules, 'module')} loaded.${without}`,
    );
  }

  private crashedText(event: HandoffEvent & { event: 'crashed' }): string {
    const next = event.comesBack ? 'It comes back with the same code' : 'The next generation takes over';
    return `gen ${gen(event)} crashed: ${failureText(event, this.relative)}. ${next}; connections wait, its requests are lost.`;
  }

  private buildFailedText(event: HandoffEvent & { event: 'buildFailed' }): string {
    const { part = 'the build', problems = [], serving } = event;
    const more = problems.length > 1 ? `, and ${count(problems.length - 1, 'more error')}` : '';
    const still = serving === undefined ? 'Nothing serves yet' : `Gen ${String(serving)} still serves`;
    return `${part} failed: ${failureText(event, this.relative).replace(/\.$/, '')}${more}. ${still}. Fix and save.`;
  }

  private rolledBackText(event: HandoffEvent & { event: 'rolledBack' }): string {
    const what = `gen ${gen(event)} ${event.reason === 'crashed' ? 'crashed' : 'failed to boot'}: ${failureText(event, this.relative)}`;
    const advice = event.advice === undefined ? '' : ` ${event.advice}`;
    if (event.serving === undefined) {
      return `${what}. No generation can serve; connections wait.${advice || ' Fix and save.'}`;
    }
    const released = event.released > 0 ? `; ${count(event.released, 'held request')} went to it` : '';
    return `${what}. Gen ${String(event.serving)} still serves${released}.${advice || ' Fix and save.'}`;
  }

  private since(event: HandoffEvent): string {
    const ms = Math.max(0, event.time - (this.began.get(event.server) ?? event.time));
    // Steps of one swap are milliseconds apart, however long the boot before them took.
    return ms < tellSteps ? `+${String(Math.round(ms))} ms` : `+${duration(ms)}`;
  }
}

function gen(event: { readonly generation: number }): string {
  return String(event.generation);
}

function exitText(code: number | null): string {
  return code === null ? '' : ` with exit code ${String(code)}`;
}

function retiredText(event: HandoffEvent & { event: 'retired' }): string {
  const did: string[] = [];
  if (event.finished > 0) did.push(`finished ${count(event.finished, 'request')}`);
  const closed = [
    [event.eventStreams, 'event stream'],
    [event.webSockets, 'WebSocket'],
    [event.idle, 'idle connection'],
  ] as const;
  const list = closed.filter(([n]) => n > 0).map(([n, noun]) => count(n, noun));
  if (list.length > 0) did.push(`closed ${list.join(' and ')}`);
  const end = did.length === 0 ? 'quit' : 'and quit';
  return `gen ${gen(event)} ${[...did, end].join(', ')}. ${String(event.lost)} lost.`;
}
