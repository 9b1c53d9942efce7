/** The rest of the app, while it waits: the third file of the preload, since only who is run ahead needs a parser. */
import type { LoadedModule } from '../../own-words.ts';
import { Adoption } from './adoption.ts';
import { ModulesApart } from './apart.ts';

export interface Rest {
  /** How many modules. */
  readonly size: number;
  /** From here on the app gets them where it asks for them, until `end`. */
  begin(): void;
  end(): void;
}

/** `graph`: what the app loads; `stops`: files that are not to be read. `tick`: called now and then. */
export function loadRest(graph: readonly LoadedModule[], stops: readonly string[], tick: () => void): Rest {
  const apart = new ModulesApart(graph, stops);
  apart.load(tick);
  apart.resolve();
  const all = [...apart.all.values()].filter((one) => one !== undefined);
  const adoption = new Adoption(all, apart.asks);
  return { size: all.length, begin: () => adoption.begin(), end: () => adoption.end() };
}
