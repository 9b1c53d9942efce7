/**
 * What a dev command runs besides its server: steps first, then builders and companions, which live across
 * generations. Says when what the server is made of is whole.
 */
import type { Clock } from '../../shared/clock.ts';
import type { PartStatus } from '../../shared/model.ts';
import type { BuilderSpec, PartSpec, Pipeline } from '../../shared/spec.ts';
import { AcceptedErrors, acceptedText, endedText, failureOf } from './build-failure.ts';
import type { BuildFailure } from './build-failure.ts';
import { Build } from './build.ts';
import { Part } from './part.ts';
import type { PartPrinted } from './part.ts';
import { Steps } from './steps.ts';

/** A first build that takes longer (ms) is told of. */
const longMs = 20_000;

/** `ended`: the parts were stopped. */
export type Wholeness =
  { readonly kind: 'whole' | 'ended' } | { readonly kind: 'failed'; readonly failure: BuildFailure };

export interface PartsEvents {
  readonly printed: PartPrinted;
  notice(level: 'info' | 'warn', message: string): void;
  built(part: string, buildMs: number): void;
  /** What builders write may be new since then (ms since the epoch), and is whole; `at`: when they began. */
  whole(since: number, at: number): void;
  failed(failure: BuildFailure): void;
  changed(): void;
}

interface Running {
  readonly part: Part;
  readonly build: Build | undefined;
}

export class Parts {
  private readonly pipeline: Pipeline;
  private readonly clock: Clock;
  private readonly events: PartsEvents;
  private readonly steps: Steps;
  private readonly last: Steps;
  private running: Running[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly accepted = new AcceptedErrors();
  private started: Promise<Wholeness> | undefined;
  /** The first making is over. */
  private isUp = false;
  private launched = false;
  private ended = false;
  /** When the first build began that is not told of yet. */
  private builtSince = Infinity;
  /** A builder that ended before its first build did. */
  private died: BuildFailure | undefined;
  private failedWith: BuildFailure | undefined;

  constructor(pipeline: Pipeline, clock: Clock, events: PartsEvents) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.events = events;
    this.steps = new Steps(pipeline.steps, clock, events.printed);
    this.last = new Steps(pipeline.last, clock, events.printed);
  }

  get failure(): BuildFailure | undefined {
    return this.failedWith;
  }

  get isStarting(): boolean {
    return this.started !== undefined && !this.isUp && !this.ended;
  }

  get status(): readonly PartStatus[] {
    const once = [...this.steps.names, ...this.last.names].map((name) => ({ name, kind: 'step' as const }));
    const running = this.running.map(({ part, build }) => ({
      name: part.name,
      pid: part.pid,
      ...(build === undefined
        ? { kind: 'companion' as const }
        : { kind: 'builder' as const, state: build.state }),
    }));
    return [...once, ...running];
  }

  /** Starts all that is not up. Resolves when the server can be started, or can't. */
  start(): Promise<Wholeness> {
    this.started ??= this.startAll();
    return this.started;
  }

  /** True if what the server is made of is made of this file, and nobody but us would make it again. */
  isSource(file: string): boolean {
    return this.steps.reads(file) || this.last.reads(file);
  }

  /** Made by a step, and so nobody's source. */
  isMade(file: string): boolean {
    return this.steps.made(file) || this.last.made(file);
  }

  /** All steps are to run again: what they read may have changed unseen. */
  touchAll(): void {
    for (const steps of [this.steps, this.last]) steps.touchAll();
  }

  get hasBuilders(): boolean {
    return this.pipeline.builders.length > 0;
  }

  /** These are new since then (ms since the epoch). Resolves when all that is made of them is made. */
  async settled(files: readonly string[], since: number): Promise<Wholeness> {
    await this.started;
    for (const file of files) for (const steps of [this.steps, this.last]) steps.touch(file);
    return await this.make(since);
  }

  /** Resolves when nothing of it is left. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    this.ended = true;
    this.release();
    for (const { build } of this.running) build?.dispose();
    await Promise.all([
      this.steps.end(signal),
      this.last.end(signal),
      ...this.running.map(({ part }) => part.end(signal)),
    ]);
  }

  kill(): void {
    this.ended = true;
    this.release();
    for (const steps of [this.steps, this.last]) steps.kill();
    for (const { build } of this.running) build?.dispose();
    for (const { part } of this.running) part.kill();
  }

  private async startAll(): Promise<Wholeness> {
    const long = this.clock.setTimeout(() => {
      const name = this.steps.current ?? this.last.current ?? this.unfinished()?.part.name;
      if (name !== undefined && !this.ended)
        this.events.notice('info', `${name} still works; the server starts when it is done.`);
    }, longMs);
    const made = await this.make(0);
    long.cancel();
    this.isUp = true;
    if (made.kind !== 'failed' || !this.accepted.accept(made.failure, this.pipeline.builders)) return made;
    this.events.notice('warn', acceptedText(made.failure));
    return (await this.runSteps(this.last)) ?? this.whole();
  }

  private async make(since: number): Promise<Wholeness> {
    const failed = await this.runSteps(this.steps);
    if (failed !== undefined) return failed;
    if (!this.launched) {
      this.launched = true;
      for (const spec of this.pipeline.companions) this.run(spec);
      for (const spec of this.pipeline.builders) this.runBuilder(spec);
    }
    return (await this.untilBuilt(since)) ?? (await this.runSteps(this.last)) ?? this.whole();
  }

  private whole(): Wholeness {
    this.failedWith = undefined;
    this.events.changed();
    return { kind: this.ended ? 'ended' : 'whole' };
  }

  private async runSteps(steps: Steps): Promise<Wholeness | undefined> {
    if (!steps.isStale) return undefined;
    const began = this.clock.now();
    const failed = await steps.run();
    if (this.ended) return { kind: 'ended' };
    if (failed === undefined) {
      this.events.built(steps.names.join(', '), this.clock.now() - began);
      return undefined;
    }
    const how = `It exited with code ${String(failed.exitCode ?? '?')}`;
    return this.fail(failureOf(failed.part, failed.problems, how));
  }

  /** `since`: the end of a build that began later is waited for. Undefined if all are whole. */
  private async untilBuilt(since: number): Promise<Wholeness | undefined> {
    if (since > 0) for (const { build } of this.running) build?.wrote(since);
    while (!this.ended && this.unfinished() !== undefined) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    if (this.ended) return { kind: 'ended' };
    if (this.died !== undefined) return this.fail(this.died);
    const failed = this.running.find(({ build }) => build?.state === 'failed' && !this.accepted.has(build));
    if (failed === undefined) return undefined;
    return this.fail(failureOf(failed.part.name, failed.build?.problems ?? [], 'The build failed'));
  }

  private unfinished(): Running | undefined {
    return this.running.find(({ build }) => build?.state === 'building');
  }

  private fail(failure: BuildFailure): Wholeness {
    this.failedWith = failure;
    this.events.changed();
    return { kind: 'failed', failure };
  }

  private runBuilder(spec: BuilderSpec): void {
    const build: Build = new Build(spec, this.clock, {
      changed: (state, since, ms) => {
        if (this.ended) return;
        if (state === 'whole') this.running.forEach((other) => other.build?.follow(build));
        if (state !== 'building' && this.isUp) this.built(spec.name, build, since, ms);
        this.release();
      },
    });
    this.run(spec, build);
  }

  private built(name: string, build: Build, since: number, ms: number): void {
    if (build.state === 'failed' && !this.accepted.has(build)) {
      this.fail(failureOf(name, build.problems, 'The build failed'));
      if (this.failedWith !== undefined) this.events.failed(this.failedWith);
      return;
    }
    this.events.built(name, ms);
    this.builtSince = Math.min(since, this.builtSince);
    if (this.unfinished() !== undefined) return;
    const first = this.builtSince;
    this.builtSince = Infinity;
    this.events.whole(first, this.clock.now() - ms);
  }

  private run(spec: PartSpec, build?: Build): void {
    const part = new Part(spec, this.clock, this.events.printed, (text) => build?.hear(text));
    this.running.push({ part, build });
    void part.gone.then(({ code, signal }) => {
      build?.dispose();
      if (this.ended) return;
      const how = signal ?? (code === 127 ? 'its command was not found' : `exit code ${String(code)}`);
      if (build?.state === 'building' && !this.isUp)
        this.died = failureOf(spec.name, build.problems, `It ended (${how})`);
      this.running = this.running.filter((one) => one.part !== part);
      this.events.notice(code === 0 && !build ? 'info' : 'warn', endedText(spec.name, how, !!build));
      this.release();
      this.events.changed();
    });
  }

  private release(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
