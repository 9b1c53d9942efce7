/** Runs a command through the cases, each with processes of its own. */
import { cases } from './cases.mts';
import type { Case } from './cases.mts';
import { Stage } from './stage.mts';
import { Violation } from './subject.mts';

export interface Result {
  readonly name: string;
  /** What is wrong, in a sentence; undefined: nothing. */
  readonly fails?: string | undefined;
  /** What could not be tried, and why. */
  readonly untried?: string | undefined;
}

export const names: readonly string[] = cases.map(({ name }) => name);

/**
 * All at once, in the order of the cases. `only`: names of cases; all without. The command listens at 127.0.0.1 or
 * everywhere, on the port in PORT, and answers `GET /`.
 */
export function conformance(
  command: readonly string[],
  only: readonly string[] = names,
): readonly Promise<Result>[] {
  return cases.filter(({ name }) => only.includes(name)).map((one) => tried(command, one));
}

async function tried(command: readonly string[], { name, run }: Case): Promise<Result> {
  const stage = await Stage.open(command);
  try {
    const untried = await run(stage);
    return { name, fails: stage.unsound[0], untried };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { name, fails: [...stage.unsound, error.message].join('; ') };
  } finally {
    stage.close();
  }
}
