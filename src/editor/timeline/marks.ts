/** What supervisors tell of requests around swaps, as the timeline draws them. Pure. */
import type { RequestMark } from '../../page/scene.ts';
import type { GenerationMarks, RequestMarks } from '../../shared/told/requests.ts';

/** By generation; `at` is ms since the epoch. */
export function marksOf(told: readonly GenerationMarks[]): ReadonlyMap<number, readonly RequestMark[]> {
  return new Map(
    told.map(({ generation, told: processes }) => [
      generation,
      processes.flatMap((one) => [...marksIn(one)]),
    ]),
  );
}

function* marksIn({ from, marks }: RequestMarks): Generator<RequestMark> {
  for (let i = 0; i + 2 < marks.length; i += 3) {
    const [at = 0, ms = 0, held = 0] = marks.slice(i, i + 3);
    yield { at: from + at, ms, held };
  }
}
