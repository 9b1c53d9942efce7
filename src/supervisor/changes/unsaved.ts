/**
 * Files that editors have unsaved changes of. What the disk says of such a file is most likely the editor's own
 * write, of which the editor itself has yet to say what is to come of it; a busy one says so late, and may even have
 * begun to type of which it has not said a word: it is asked.
 */
import type { Clock } from '../../shared/clock.ts';

/** Then the file was written by somebody else below the unsaved changes (ms). */
const patienceMs = 10_000;

interface News {
  readonly files: Set<string>;
  readonly tell: (files: readonly string[]) => void;
  /** Editors have yet to say all that they know. */
  asking: boolean;
  readonly patience: { cancel(): void };
}

/** Resolves when the editor has said all that it knew of these files when it was asked. */
export type Ask = (files: readonly string[]) => Promise<void>;

export class Unsaved {
  private readonly clock: Clock;
  private readonly claims = new Map<object, ReadonlySet<string>>();
  private readonly editors = new Map<object, Ask>();
  private readonly waiting = new Set<News>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A client that is an editor. */
  joined(client: object, ask: Ask): void {
    this.editors.set(client, ask);
  }

  left(client: object): void {
    this.editors.delete(client);
    this.claim(client, []);
  }

  /** All files that this client has unsaved changes of, in place of those it said before. */
  claim(client: object, files: readonly string[]): void {
    if (files.length === 0) this.claims.delete(client);
    else this.claims.set(client, new Set(files));
    for (const news of this.waiting) this.release(news);
  }

  /** The editor speaks for what is on disk now: no news of it is passed on. */
  spokenFor(files: readonly string[]): void {
    for (const news of this.waiting) {
      for (const file of files) news.files.delete(file);
      this.finish(news);
    }
  }

  /** Tells of changes on disk: at once, or when the editor that has the file unsaved does not any more. */
  pass(files: readonly string[], tell: (files: readonly string[]) => void): void {
    const news: News = {
      files: new Set(files),
      tell,
      asking: this.editors.size > 0,
      patience: this.clock.setTimeout(() => {
        this.release(news, true);
      }, patienceMs),
    };
    this.waiting.add(news);
    if (news.asking) void this.ask(news);
    else this.release(news);
  }

  /** Drops what waits. */
  dispose(): void {
    for (const { patience } of this.waiting) patience.cancel();
    this.waiting.clear();
  }

  private async ask(news: News): Promise<void> {
    // One that is gone, or knows of no such question, has nothing to say.
    await Promise.allSettled([...this.editors.values()].map((ask) => ask([...news.files])));
    news.asking = false;
    this.release(news);
  }

  /** `late`: whatever editors say. */
  private release(news: News, late = false): void {
    if (news.asking && !late) return;
    const free = [...news.files].filter((file) => late || !this.isClaimed(file));
    for (const file of free) news.files.delete(file);
    this.finish(news);
    if (free.length > 0) news.tell(free);
  }

  private finish(news: News): void {
    if (news.files.size > 0) return;
    news.patience.cancel();
    this.waiting.delete(news);
  }

  private isClaimed(file: string): boolean {
    return [...this.claims.values()].some((claimed) => claimed.has(file));
  }
}
