/** Tells the supervisor what this process does to files: protocol/journal.ts. */
import { appendFileSync } from 'node:fs';
import { entryLine } from '../../../protocol/journal.ts';
import type { Deed, ProcessNote } from '../../../protocol/journal.ts';

type Ending = (this: unknown, ...args: unknown[]) => unknown;

/** The app may put its own in its place. */
const { setImmediate } = globalThis;
const { now } = Date;

export class Journal {
  private readonly file: string;
  /** Between two tasks a thread may block, so that nothing of it comes later. */
  private readonly isThread: boolean;
  private lines = '';
  private isWriting = false;
  private isLate = false;

  /** `note`: of a process; a thread has none. */
  constructor(file: string, note?: ProcessNote) {
    this.file = file;
    this.isThread = note === undefined;
    if (note === undefined) return;
    this.note('process', JSON.stringify(note));
    this.flushAtTheEnd();
  }

  /** While it writes, what is done to files is its own doing. */
  get isBusy(): boolean {
    return this.isWriting;
  }

  /** Soon; `now`: before anybody can see what comes of it. */
  note(deed: Deed, about: string, now = false): void {
    this.lines += entryLine({ pid: process.pid, deed, about });
    if (now || this.isThread) this.flush();
    else if (!this.isLate) {
      this.isLate = true;
      setImmediate(() => this.flush());
    }
  }

  private flush(): void {
    this.isLate = false;
    const { lines } = this;
    if (lines === '') return;
    this.lines = '';
    const told = entryLine({ pid: process.pid, deed: 'told', about: String(now()) });
    this.isWriting = true;
    try {
      appendFileSync(this.file, told + lines);
    } catch {
      // The supervisor is gone, and has no use for it.
    } finally {
      this.isWriting = false;
    }
  }

  /** A process that dies while it boots says last what is most wanted: what it died of. */
  private flushAtTheEnd(): void {
    const ends = process as unknown as Record<string, Ending | undefined>;
    for (const name of ['reallyExit', '_fatalException']) {
      const original = ends[name];
      if (original === undefined) continue;
      const flushing = (...args: unknown[]): unknown => {
        this.flush();
        return Reflect.apply(original, process, args);
      };
      ends[name] = Object.defineProperties(flushing, Object.getOwnPropertyDescriptors(original));
    }
  }
}
