import type { Leftovers } from '../measure/leftovers.mts';
import { check, type Check } from './check.mts';
import { list } from './format.mts';

/** Of everything exactly as much as a server has that nobody ever edited, which was measured in the same way. */
export function leftoversChecks(measured: Leftovers[]): Check[] {
  const untouched = measured.find(({ peer }) => peer === 'untouched');
  if (!untouched) return [];
  return measured
    .filter(({ peer }) => peer.startsWith('hot-swap'))
    .map((ours) => {
      const name = `${ours.peer}: left behind after ${ours.saves} saves`;
      const ok = ours.seen === ours.saves && same(ours, untouched);
      return check(name, list(counts(ours)), list(counts(untouched)), ok);
    });
}

function counts({ timersPerSecond, loads, listeners, connections }: Leftovers): Record<string, number> {
  return { 'timers/s': Math.round(timersPerSecond), loads, listeners, connections };
}

/** A timer that shares its cores fires a little less often than it wants; two would fire twice as often. */
function same(one: Leftovers, other: Leftovers): boolean {
  return (
    Math.abs(one.timersPerSecond - other.timersPerSecond) <= 2 &&
    one.loads === other.loads &&
    one.listeners === other.listeners &&
    one.connections === other.connections
  );
}
