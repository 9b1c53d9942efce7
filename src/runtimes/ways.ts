/** The ways that there are for servers that can't take part themselves, the best first. */
import type { ServerSpec } from '../shared/spec.ts';
import type { Attendant, Found, Site, Way } from './attendant.ts';
import { front } from './front/way.ts';

const ways: readonly Way[] = [front];

export function installWays(bundle: string, folder: string): void {
  for (const way of ways) way.install?.(bundle, folder);
}

/** Undefined: as far as is known, something of ours in its processes can take part. */
export function attendantOf(spec: ServerSpec, site: Site): Attendant | undefined {
  if (spec.way === 'adapter') return undefined;
  const possible = ways.filter(({ name }) => spec.way === undefined || spec.way === name);
  for (const way of possible) {
    const attendant = way.attend(spec, site);
    if (attendant !== undefined) return attendant;
  }
  return undefined;
}

/** Of a server that listens without taking part. */
export async function attendantFound(
  spec: ServerSpec,
  found: Found,
  site: Site,
): Promise<Attendant | undefined> {
  if (spec.way !== undefined) return undefined;
  for (const way of ways) {
    const attendant = await way.attendFound?.(spec, found, site);
    if (attendant !== undefined) return attendant;
  }
  return undefined;
}
