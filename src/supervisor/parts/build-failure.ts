/** Builds that failed, in the words of the handoff; and the errors with which a server is run nevertheless. */
import type { BuildProblem } from '../../builders/builder.ts';
import type { Failure } from '../../shared/failure.ts';
import type { BuilderSpec } from '../../shared/spec.ts';

/** Without the generation that it would have become. */
export type BuildFailure = Omit<Failure, 'generation'>;

/** `how`: what to say if it told of no error. */
export function failureOf(part: string, problems: readonly BuildProblem[], how: string): BuildFailure {
  const [first] = problems;
  return { reason: 'buildFailed', part, ...(first ?? { message: how }), problems };
}

/**
 * What a compiler writes in spite of errors of types is run without us, too. So those of the first build are taken as
 * they are, and nobody is told of them again.
 */
export class AcceptedErrors {
  private accepted: ReadonlySet<string> = new Set();

  /** True if the server is to be started nevertheless. */
  accept({ problems = [] }: BuildFailure, builders: readonly BuilderSpec[]): boolean {
    if (problems.length === 0 || !problems.every(({ message }) => /^TS\d+/.test(message))) return false;
    if (!builders.every(({ lenient }) => lenient === true)) return false;
    this.accepted = new Set(problems.map(keyOf));
    return true;
  }

  /** True if it has no others. */
  has({ problems }: { readonly problems: readonly BuildProblem[] }): boolean {
    return problems.length > 0 && problems.every((problem) => this.accepted.has(keyOf(problem)));
  }
}

export function acceptedText({ file, line }: BuildFailure): string {
  const place = file === undefined ? '' : ` (${file}:${String(line ?? 1)})`;
  return `the first build has errors${place}; what was written is started, and builds count as whole that have no others.`;
}

/** `how`: by which signal, or with which exit code. */
export function endedText(part: string, how: string, isBuilder: boolean): string {
  const what = isBuilder ? ': what it builds is not built again. Run Restart Server (cold)' : '';
  return `${part} has ended (${how})${what}.`;
}

/** An edit above moves an error to another line. */
function keyOf({ file, message }: BuildProblem): string {
  return `${file ?? ''}: ${message}`;
}
