/**
 * Milliseconds and megabytes depend on the machine and on what else it does. The tests print them; only the bench, on a
 * quiet machine, judges them: `npm run bench -- --only limits` runs the same tests with HOT_SWAP_LIMITS set.
 */
import assert from 'node:assert/strict';

export const isJudged = process.env['HOT_SWAP_LIMITS'] !== undefined;

/** `what` names the figure with its unit: `ms from save to released`. */
export function judge(what: string, value: number, limit: number): void {
  if (!isJudged) return;
  const figure = `${Number(value.toPrecision(4))} ${what}, at most ${Number(limit.toPrecision(4))}`;
  console.log(`judged: ${figure}`);
  assert.ok(value <= limit, figure);
}
