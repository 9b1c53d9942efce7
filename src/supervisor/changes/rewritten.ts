/**
 * Files that the command itself writes anew at each of its starts (a generator before the server, say), which nobody
 * tells: to start the server for such a change would go on and on. A person's save is told from it by coming at other
 * times, too. Once a file has changed in several starts in a row and at no other time, nothing is started for it until
 * all is quiet, and then once more: whoever changes again in that start is written by it.
 */
import path from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { granularityMs, statOf } from '../../shared/stat.ts';
import type { Server } from '../servers/server.ts';
import { changedAt } from '../disk/contents.ts';
import type { Start } from '../servers/roster.ts';

/** As many starts may be somebody's saves at the wrong moments. */
const most = 4;
/** So many cold starts that did not change it show that a person does; one may not have been seen. */
const mostMissed = 1;
/** A start takes no longer than this times the last boot, and than this (ms). */
const slack = 2;
const leastMs = 500;

interface Record {
  /** In which it has changed, without a change in between, and the last of them. */
  starts: number;
  last: Start | undefined;
  /** Cold starts in between, in which it has not. */
  missed: number;
  /** A start is to show whether it is the command that writes it: `tried`, from then on. */
  checking?: { cancel(): void };
  tried?: boolean;
  isMade?: boolean;
}

export class Rewritten {
  private readonly server: Server;
  private readonly clock: Clock;
  private readonly again: (file: string) => void;
  private readonly records = new Map<string, Record>();

  /** `again`: looks at a file once more. */
  constructor(server: Server, clock: Clock, again: (file: string) => void) {
    this.server = server;
    this.clock = clock;
    this.again = again;
  }

  /** Somebody says that these were saved, or the server is off: all is open again. */
  forget(files: Iterable<string>): void {
    for (const file of files) {
      this.records.get(file)?.checking?.cancel();
      this.records.delete(file);
    }
  }

  /** A file has changed on disk; false: it is none of the user's doing, or it will be seen later whether it is. */
  isNews(file: string): boolean {
    const found = statOf(file);
    const start = found === undefined ? undefined : this.startAt(changedAt(found));
    if (start === undefined) {
      this.forget([file]);
      return true;
    }
    const record = this.records.get(file) ?? { starts: 0, last: undefined, missed: 0 };
    this.records.set(file, record);
    if (record.isMade === true) return false;
    if (record.last === start) return record.checking === undefined;
    record.missed += this.missedBetween(record.last, start);
    if (record.missed > mostMissed) {
      this.forget([file]);
      return true;
    }
    record.last = start;
    record.starts += 1;
    if (record.starts <= most) return true;
    if (record.tried === true) this.isMade(file, record);
    else record.checking ??= this.check(file, record);
    return false;
  }

  private isMade(file: string, record: Record): void {
    record.isMade = true;
    const name = path.relative(this.server.status.cwd, file);
    const message = `${name} is written anew at each start of the server, by its command: that restarts nothing any more.`;
    this.server.emit({ event: 'notice', level: 'info', message });
  }

  private check(file: string, record: Record): { cancel(): void } {
    return this.clock.setTimeout(() => {
      delete record.checking;
      if (this.startAt(this.clock.now()) !== undefined) {
        record.checking = this.check(file, record);
        return;
      }
      record.tried = true;
      this.again(file);
    }, this.startMs);
  }

  private missedBetween(last: Start | undefined, start: Start): number {
    const { starts } = this.server.roster;
    return last === undefined
      ? 0
      : starts.filter(({ at, cold }) => cold !== undefined && at > last.at && at < start.at).length;
  }

  /** The start that was under way then, ms since the epoch. */
  private startAt(time: number): Start | undefined {
    return this.server.roster.starts.findLast(
      (start) => start.at - granularityMs <= time && time <= start.at + this.lasts(start),
    );
  }

  /** At most, ms: of who has booted it is known. */
  private lasts({ cold }: Start): number {
    const { bootMs = 0 } = this.server.roster.find(cold)?.generation ?? {};
    return bootMs === 0 ? this.startMs : Math.min(this.startMs, bootMs + leastMs);
  }

  private get startMs(): number {
    const { coldBootMs } = this.server.status;
    return coldBootMs === undefined ? Infinity : Math.max(leastMs, coldBootMs * slack);
  }
}
