/**
 * How long after it listens this server is ready, and the wait of its generations for that: many listen first, and
 * connect to their database after. A server that was never late is not asked anything.
 */
import type { Clock } from '../../shared/clock.ts';
import { duration } from '../../shared/words/format.ts';
import type { Question } from '../generations/peers.ts';
import { askUntilGood } from '../generations/probe.ts';
import type { Asked } from '../generations/probe.ts';
import type { ReadinessNews } from '../generations/generation-events.ts';

/** `perhaps`: nobody asked early enough to know; it was ready after `ms` at the latest. */
type Known =
  | { readonly late: 'unknown' | 'no' }
  | { readonly late: 'perhaps' | 'yes'; readonly ms: number; readonly question: Question | undefined };

/** Without being sure, clients wait no longer (ms). */
const longestGuessMs = 5000;
/** Less (ms) is not worth a question. */
const promptMs = 20;

export class Lateness {
  private known: Known = { late: 'unknown' };
  private last: Question | undefined;
  private readonly clock: Clock;
  private readonly say: (sentence: string) => void;

  /** `say`: to the user. */
  constructor(clock: Clock, say: (sentence: string) => void) {
    this.clock = clock;
    this.say = say;
  }

  /** Generations are asked before clients are let in. */
  get asks(): boolean {
    return this.known.late === 'perhaps' || this.known.late === 'yes';
  }

  /** How late (ms), if that is known. */
  get ms(): number | undefined {
    return this.known.late === 'yes' ? this.known.ms : undefined;
  }

  /** Clients tell: a generation was let in, or is the first. */
  learn({ key, ms, late, path }: ReadinessNews): void {
    const question = path === undefined ? undefined : { key, path };
    if (late === 'seen') this.isLate(ms, question);
    else if (this.known.late === 'unknown' || (this.known.late === 'perhaps' && late === 'no'))
      this.known = late === 'no' ? { late } : { late: 'perhaps', ms, question };
  }

  /**
   * Resolves when the generation is ready: it answers below 500 what was asked successfully before, or has had twice
   * the time that is known, `patienceMs` at most. `doors`: its listeners' side doors; `last`: the last such question.
   */
  async wait(
    generation: number,
    doors: ReadonlyMap<string, string>,
    last: Question | undefined,
    patienceMs: number,
  ): Promise<void> {
    const { known } = this;
    if (known.late !== 'perhaps' && known.late !== 'yes') return;
    this.last = last ?? this.last;
    const questions = distinct([this.last, known.question]);
    const most = Math.min(
      known.late === 'yes' ? 2 * known.ms : Math.min(known.ms, longestGuessMs),
      patienceMs,
    );
    const began = this.clock.now();
    const asked = await Promise.all(
      questions.flatMap((question) => {
        const door = doors.get(question.key);
        return door === undefined ? [] : [askUntilGood(door, question.path, most)];
      }),
    );
    this.conclude(known, asked, this.clock.now() - began);
    const bad = asked.find(({ result }) => result === 'bad');
    if (bad === undefined || known.late === 'perhaps') return;
    this.say(
      `gen ${String(generation)} still answers ${bad.status} to GET ${bad.path} after ${duration(most)}: clients are let in.`,
    );
  }

  private conclude(known: Known & { late: 'perhaps' | 'yes' }, asked: readonly Asked[], ms: number): void {
    if (asked.length === 0 || asked.some(({ result }) => result === 'nobody')) return;
    const good = asked.filter(({ result }) => result === 'good');
    if (good.length < asked.length) {
      // One that was late once and is bad now is asked no more, if others are good.
      if (good.length > 0 && known.late === 'yes') this.known = { ...known, question: this.last };
    } else if (asked.every(({ times }) => times === 1)) {
      const half = known.ms / 2;
      this.known = known.late === 'perhaps' || half < promptMs ? { late: 'no' } : { ...known, ms: half };
    } else {
      this.isLate(Math.max(ms, known.late === 'yes' ? known.ms / 2 : 0), known.question);
    }
  }

  private isLate(ms: number, question: Question | undefined): void {
    const isNews = this.known.late !== 'yes';
    const before =
      this.known.late === 'yes' || this.known.late === 'perhaps' ? this.known.question : undefined;
    this.known = { late: 'yes', ms, question: question ?? before };
    if (!isNews) return;
    this.say(
      `it answers ${duration(ms)} after it listens: the next generations are asked first, and clients are let in when they answer below 500.`,
    );
  }
}

function distinct(questions: readonly (Question | undefined)[]): Question[] {
  const byText = new Map<string, Question>();
  for (const question of questions)
    if (question !== undefined) byText.set(`${question.key} ${question.path}`, question);
  return [...byText.values()];
}
