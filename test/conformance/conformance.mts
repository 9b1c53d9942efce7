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

/** More at once take each other's time, and a request that is waited for comes late. */
const atOnce = 4;

/**
 * Several at once, in the order of the cases. `only`: names of cases; all without. The command listens at 127.0.0.1 or
 * everywhere, on the port in PORT, and answers `GET /`.
 */
export function conformance(
  command: readonly string[],
  only: readonly string[] = names,
): readonly Promise<Result>[] {
  const running: Promise<Result>[] = [];
  for (const one of cases.filter(({ name }) => only.includes(name))) {
    const before = running.at(-atOnce);
    running.push(before === undefined ? tried(command, one) : before.then(() => tried(command, one)));
  }
  return running;
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
