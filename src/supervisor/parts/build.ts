/** What one builder is at: building, whole, or failed; by what it says, or by its being quiet. Pure but for its clock. */
import path from 'node:path';
import { BuildReader } from '../../builders/build-reader.ts';
import type { BuildProblem } from '../../builders/builder.ts';
import { saysOf } from '../../builders/registry.ts';
import type { Clock } from '../../shared/clock.ts';
import type { BuilderSpec } from '../../shared/spec.ts';

/** Whoever does not say that a build is over is quiet for so long (ms) once it is. */
const quietMs = 300;
/** What belongs to an error is printed with it (ms). */
const wordsMs = 60;
/** One that does not say when it begins says so soon after it has written that it is done (ms). */
const sayMs = 1000;

export type BuildState = 'building' | 'whole' | 'failed';

export interface BuildEvents {
  /** `since` (ms since the epoch): what is newer is of this build. `ms`: how long it took. */
  changed(state: BuildState, since: number, ms: number): void;
}

export class Build {
  state: BuildState = 'building';
  problems: readonly BuildProblem[] = [];
  private readonly spec: BuilderSpec;
  private readonly reader: BuildReader;
  private readonly clock: Clock;
  private readonly events: BuildEvents;
  private began: number;
  private ended = 0;
  private timer: { cancel(): void } | undefined;

  constructor(spec: BuilderSpec, clock: Clock, events: BuildEvents) {
    this.spec = spec;
    this.reader = new BuildReader(saysOf(spec.tool));
    this.clock = clock;
    this.events = events;
    this.began = clock.now();
    if (!this.reader.tells) this.whenQuiet(quietMs, () => this.end('whole'));
  }

  hear(text: string): void {
    const news = this.reader.read(text);
    if (!this.reader.tells) {
      this.wrote();
      return;
    }
    for (const one of news) {
      if (one.news === 'began') this.begin();
      else if (one.news === 'whole') {
        if (this.state !== 'building') this.begin();
        this.end('whole');
      } else {
        if (this.state !== 'building') this.begin();
        this.whenQuiet(wordsMs, () => this.end('failed'));
      }
    }
  }

  /**
   * Something that it may have written is new (ms since the epoch). One that announces its builds has said so before;
   * of the others the end is waited for.
   */
  wrote(time = this.clock.now()): void {
    const { begins } = saysOf(this.spec.tool);
    if (this.reader.tells && (begins !== undefined || time <= this.ended)) return;
    if (this.state !== 'building') this.begin();
    // It was somebody else, if it says nothing of it.
    this.whenQuiet(this.reader.tells ? sayMs : quietMs, () => this.end('whole'));
  }

  /** Another one is whole. */
  follow({ follows }: Build): void {
    if (this.follows && !follows) this.wrote();
  }

  private get follows(): boolean {
    return saysOf(this.spec.tool).follows === true;
  }

  /** It has ended: nothing more comes of it. */
  dispose(): void {
    this.timer?.cancel();
  }

  private begin(): void {
    this.timer?.cancel();
    if (this.state === 'building') return;
    this.began = this.clock.now();
    this.state = 'building';
    this.events.changed('building', this.began, 0);
  }

  private end(state: 'whole' | 'failed'): void {
    this.timer?.cancel();
    const since = Math.min(this.began, this.ended === 0 ? this.began : this.ended);
    this.problems = state === 'failed' ? this.reader.problems().map((one) => this.placed(one)) : [];
    this.ended = this.clock.now();
    this.state = state;
    this.events.changed(state, since, this.ended - this.began);
  }

  private placed(problem: BuildProblem): BuildProblem {
    return problem.file === undefined
      ? problem
      : { ...problem, file: path.resolve(this.spec.cwd, problem.file) };
  }

  private whenQuiet(ms: number, then: () => void): void {
    this.timer?.cancel();
    this.timer = this.clock.setTimeout(then, ms);
  }
}
