/** What is gathered while a generation lives, for the one sentence about how it ended. */
import { runtimeOf } from '../../runtimes/registry.ts';
import type { ErrorLocation } from '../../runtimes/runtime.ts';
import type { FromGeneration } from '../../runtimes/protocol/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Exit } from '../processes/command-process.ts';
import { looksContended } from './contended.ts';
import { describeEnding } from './failure.ts';
import type { Ending } from './failure.ts';

const keptErrors = 64 * 1024;
/** Of one that served, what it printed in its last moments (ms) is what it died of. */
const lastWordsMs = 3000;

/** Who finds at its start that something is taken may serve for a while, and take its time to end (ms). */
const youngMs = 60_000;
const farewellMs = 10_000;
/** Of the files that it was started for, so many are asked for their syntax. */
const mostChecked = 20;

export class Evidence {
  /** Files that were saved before it. */
  startedFor: readonly string[] = [];
  private readonly generation: number;
  private readonly spec: ServerSpec;
  private readonly clock: Clock;
  private readonly isOlder: (pid: number) => boolean;
  private readonly inheritedPorts: readonly number[];
  private errors: { readonly at: number; readonly text: string }[] = [];
  private printedLast = '';
  private listenFailed: Ending['listenFailed'];
  private readonly startedAt: number;

  /** `inherited`: keys of its listeners; `isOlder`: of a process, whether it is one of another generation. */
  constructor(
    generation: number,
    spec: ServerSpec,
    inherited: Iterable<string>,
    isOlder: (pid: number) => boolean,
    clock: Clock,
  ) {
    this.clock = clock;
    this.startedAt = clock.now();
    this.isOlder = isOlder;
    this.generation = generation;
    this.spec = spec;
    this.inheritedPorts = [...inherited].map((key) => Number(/:(\d+)$/.exec(key)?.[1] ?? 0));
  }

  printed(stream: 'stdout' | 'stderr', text: string): void {
    this.printedLast = (this.printedLast + text).slice(-keptErrors);
    if (stream !== 'stderr') return;
    this.errors.push({ at: this.clock.now(), text: text.slice(-keptErrors) });
    let kept = this.errors.reduce((sum, piece) => sum + piece.text.length, 0);
    for (; kept > keptErrors; kept -= this.errors.shift()?.text.length ?? kept);
  }

  failedToListen({ code, port }: FromGeneration & { type: 'listenFailed' }): void {
    const held = port !== undefined && this.inheritedPorts.includes(port);
    this.listenFailed = { code, port, held };
  }

  /** `served`: it had begun to. */
  async describe(exit: Exit, served: boolean): Promise<Failure> {
    // What it printed long before, it survived.
    const since = served ? this.clock.now() - lastWordsMs : 0;
    const errors = this.errors.flatMap(({ at, text }) => (at < since ? [] : [text])).join('');
    const { generation, spec, inheritedPorts, listenFailed, isOlder } = this;
    const failure = await describeEnding({
      generation,
      cwd: spec.cwd,
      command: typeof spec.command === 'string' ? spec.command : spec.command.join(' '),
      errors,
      exitCode: exit.code,
      signal: exit.signal,
      served,
      inheritedPorts,
      listenFailed,
      isOlder,
    });
    const isContended = looksContended(served ? this.lastErrors() : this.printedLast);
    if (isContended) return { ...failure, contended: true };
    const place = failure.file === undefined && !served ? await this.findSyntaxError() : undefined;
    return place === undefined ? failure : { generation, reason: 'bootError', ...place };
  }

  /** Of one that died soon after it had begun to serve. */
  private lastErrors(): string {
    const now = this.clock.now();
    if (now - this.startedAt > youngMs) return '';
    return this.errors.flatMap(({ at, text }) => (now - at > farewellMs ? [] : [text])).join('');
  }

  /** An app that catches it may tell of it without its place. */
  private async findSyntaxError(): Promise<ErrorLocation | undefined> {
    const { spec, startedFor, printedLast } = this;
    const { errors } = runtimeOf(spec.command);
    if (!/\bSyntaxError\b/.test(printedLast)) return undefined;
    for (const file of startedFor.slice(0, mostChecked)) {
      const found = await errors.check?.(file, spec.cwd);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
