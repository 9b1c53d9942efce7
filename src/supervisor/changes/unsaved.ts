/**
 * Files that editors have unsaved changes of. What the disk says of such a file is most likely the editor's own
 * write, of which the editor itself has yet to say what is to come of it; a busy one says so late.
 */
import type { Clock } from '../../shared/clock.ts';

/** Then the file was written by somebody else below the unsaved changes (ms). */
const patienceMs = 10_000;

interface News {
  readonly files: Set<string>;
  readonly tell: (files: readonly string[]) => void;
  readonly patience: { cancel(): void };
}

export class Unsaved {
  private readonly clock: Clock;
  private readonly claims = new Map<object, ReadonlySet<string>>();
  private readonly waiting = new Set<News>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** All files that this client has unsaved changes of, in place of those it said before. */
  claim(client: object, files: readonly string[]): void {
    if (files.length === 0) this.claims.delete(client);
    else this.claims.set(client, new Set(files));
    for (const news of this.waiting) this.release(news, (file) => !this.isClaimed(file));
  }

  /** The editor speaks for what is on disk now: no news of it is passed on. */
  spokenFor(files: readonly string[]): void {
    for (const news of this.waiting) {
      for (const file of files) news.files.delete(file);
      this.release(news, () => false);
    }
  }

  /** Tells of changes on disk: at once, or when the editor that has the file unsaved does not any more. */
  pass(files: readonly string[], tell: (files: readonly string[]) => void): void {
    const free = files.filter((file) => !this.isClaimed(file));
    if (free.length > 0) tell(free);
    if (free.length === files.length) return;
    const news: News = {
      files: new Set(files.filter((file) => this.isClaimed(file))),
      tell,
      patience: this.clock.setTimeout(() => {
        this.release(news, () => true);
      }, patienceMs),
    };
    this.waiting.add(news);
  }

  /** Drops what waits. */
  dispose(): void {
    for (const { patience } of this.waiting) patience.cancel();
    this.waiting.clear();
  }

  private release(news: News, isFree: (file: string) => boolean): void {
    const free = [...news.files].filter(isFree);
    for (const file of free) news.files.delete(file);
    if (news.files.size === 0) {
      news.patience.cancel();
      this.waiting.delete(news);
    }
    if (free.length > 0) news.tell(free);
  }

  private isClaimed(file: string): boolean {
    return [...this.claims.values()].some((claimed) => claimed.has(file));
  }
}
