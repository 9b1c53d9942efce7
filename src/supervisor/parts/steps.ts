/** One-time steps: run in turn at the first start, and again those whose sources were saved. */
import path from 'node:path';
import picomatch from 'picomatch';
import { ProblemReader } from '../../builders/problems.ts';
import type { BuildProblem } from '../../builders/builder.ts';
import { isDependency } from '../../runtimes/registry.ts';
import { stripVTControlCharacters } from 'node:util';
import type { Clock } from '../../shared/clock.ts';
import type { StepSpec } from '../../shared/spec.ts';
import { Outputs } from './outputs.ts';
import { Part } from './part.ts';
import type { PartPrinted } from './part.ts';

export interface StepFailure {
  readonly part: string;
  readonly exitCode: number | null;
  readonly problems: readonly BuildProblem[];
}

export class Steps {
  private readonly specs: readonly StepSpec[];
  private readonly clock: Clock;
  private readonly printed: PartPrinted;
  private readonly outputs = new Outputs();
  private readonly stale = new Set<StepSpec>();
  private running: Part | undefined;
  private ended = false;

  constructor(specs: readonly StepSpec[], clock: Clock, printed: PartPrinted) {
    this.specs = specs;
    this.clock = clock;
    this.printed = printed;
    for (const spec of specs) this.stale.add(spec);
  }

  get names(): readonly string[] {
    return this.specs.map(({ name }) => name);
  }

  get isStale(): boolean {
    return this.stale.size > 0;
  }

  /** Names the one that runs. */
  get current(): string | undefined {
    return this.running?.name;
  }

  /** True if what one of them made is made of this file. */
  reads(file: string): boolean {
    return this.specs.some((spec) => matches(spec, file)) && !this.outputs.has(file);
  }

  made(file: string): boolean {
    return this.outputs.has(file);
  }

  /** The file is new: they have to run again, with those of their row whose sources nobody knows. */
  touch(file: string): void {
    if (this.outputs.has(file)) return;
    const readers = this.specs.filter((spec) => matches(spec, file));
    if (readers.length === 0) return;
    for (const spec of this.specs) if (spec.reads.length === 0) this.stale.add(spec);
    for (const spec of readers) this.stale.add(spec);
  }

  /** Those that are made of something. */
  touchAll(): void {
    if (this.specs.some(({ reads }) => reads.length > 0)) for (const spec of this.specs) this.stale.add(spec);
  }

  /** Runs those that are stale. Undefined if all is well. */
  async run(): Promise<StepFailure | undefined> {
    for (const spec of this.specs) {
      if (!this.stale.delete(spec)) continue;
      if (this.ended) return undefined;
      const failure = await this.runOne(spec);
      if (failure === undefined) continue;
      this.stale.add(spec);
      return failure;
    }
    return undefined;
  }

  async end(signal?: NodeJS.Signals): Promise<void> {
    this.ended = true;
    await this.running?.end(signal);
  }

  kill(): void {
    this.ended = true;
    this.running?.kill();
  }

  private async runOne(spec: StepSpec): Promise<StepFailure | undefined> {
    const reader = new ProblemReader();
    let rest = '';
    const before = await this.outputs.before(spec.cwd);
    if (this.ended) return undefined;
    const part = new Part(spec, this.clock, this.printed, (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) reader.read(stripVTControlCharacters(line));
    });
    this.running = part;
    const { code } = await part.gone;
    this.running = undefined;
    await this.outputs.learn(spec.cwd, before);
    if (code === 0) return undefined;
    const problems = reader
      .take()
      .map((one) => (one.file === undefined ? one : { ...one, file: path.resolve(spec.cwd, one.file) }));
    return { part: spec.name, exitCode: code, problems };
  }
}

function matches({ reads, cwd }: StepSpec, file: string): boolean {
  const relative = path.relative(cwd, file);
  if (relative.startsWith('..') || path.isAbsolute(relative) || isDependency(file)) return false;
  return reads.length > 0 && picomatch.isMatch(relative, [...reads], { dot: true });
}
