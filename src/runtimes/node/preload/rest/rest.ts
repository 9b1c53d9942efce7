/** The rest of the app, while it waits: the third file of the preload, since only who is run ahead needs a parser. */
import type { LoadedModule } from '../../own-words.ts';
import { Adoption } from './adoption.ts';
import { ModulesApart } from './apart.ts';
import type { Apart } from './apart.ts';
import { OwnGraph } from './own-graph.ts';

export interface Rest {
  /** How many modules. */
  readonly size: number;
  /** Files of modules of the app that nothing has been evaluated of but apart, and which `forget` knows. */
  readonly forgettable: readonly string[];
  /** These have changed: they, and all that have looked at them, are evaluated where the app asks for them. */
  forget(changed: readonly string[]): void;
  /** From here on the app gets them where it asks for them, until `end`. `mayBeWritten`: their files, by what comes next. */
  begin(mayBeWritten: boolean): void;
  end(): void;
}

/** `graph`: what the app loads; `stops`: files that are not to be read. `tick`: called now and then. */
export function loadRest(graph: readonly LoadedModule[], stops: readonly string[], tick: () => void): Rest {
  const own = new OwnGraph(graph);
  const apart = new ModulesApart(own, stops);
  apart.load(tick);
  return restOf(own, apart);
}

/** Before anything of the app has run; undefined if more than a few would have to wait that do not lead to `stops`. */
export function loadAll(
  graph: readonly LoadedModule[],
  stops: readonly string[],
  tick: () => void,
): Rest | undefined {
  const own = new OwnGraph(graph);
  const apart = new ModulesApart(own, stops);
  const leading = own.leadingTo([...stops, ...own.mains]);
  const most = own.needs.size * mostWaiting;
  let waiting = 0;
  const isEnough = (file: string): boolean => {
    if (apart.all.get(file) === undefined && !leading.has(file)) waiting += 1;
    return waiting > most;
  };
  if (!apart.load(tick, isEnough)) return undefined;
  const late = [...own.needs.keys()].filter((file) => apart.all.get(file) === undefined);
  return own.haveDependencies(late) ? restOf(own, apart) : undefined;
}

/** Of all modules of the app. */
const mostWaiting = 0.02;

function restOf(own: OwnGraph, apart: ModulesApart): Rest {
  apart.resolve();
  let adoption: Adoption | undefined;
  const all = (): Apart[] => [...apart.all.values()].filter((one) => one !== undefined);
  return {
    size: all().length,
    forgettable: own.forgettable(),
    forget: (changed) => apart.forget(changed),
    begin: (mayBeWritten) => {
      adoption = new Adoption(all(), apart.asks, mayBeWritten);
      adoption.begin();
    },
    end: () => adoption?.end(),
  };
}
