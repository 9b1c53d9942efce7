/**
 * What was linked ahead, and who imports it. Nothing of it has been evaluated: if a file of it changes, it is enough that Node
 * forgets that module and all that lead to it.
 */
import { fileURLToPath } from 'node:url';
import { code } from '../../own-words.ts';
import type { LoadedModule } from '../../own-words.ts';
import { esmLoadCache } from '../modules/esm-loader.ts';
import type { Resolved } from '../modules/module-hooks.ts';

export class LinkMemory {
  /** By URL, as Node keeps it. */
  private readonly cache = esmLoadCache();
  private readonly importers = new Map<string, Set<string>>();
  private readonly linked = new Set<string>();

  /** `resolved`: all that was resolved while it was linked. */
  constructor(resolved: readonly Resolved[]) {
    for (const { from, url } of resolved) {
      const place = placeOf(url);
      if (place === undefined) continue;
      this.linked.add(place);
      const importer = from === undefined ? undefined : placeOf(from);
      if (importer === undefined) continue;
      const importers = this.importers.get(place) ?? new Set();
      this.importers.set(place, importers.add(importer));
    }
  }

  /** Of the app. Of what is no ES module Node keeps more than that. */
  forgettable(graph: readonly LoadedModule[]): string[] {
    if (this.cache === undefined) return [];
    return graph.flatMap(({ id, own, isCommonJs }) => {
      const place = own && isCommonJs !== true ? placeOf(id) : undefined;
      return place !== undefined && code.test(place) && this.linked.has(place) ? [place] : [];
    });
  }

  /** Absolute paths. */
  forget(changed: readonly string[]): void {
    const { cache } = this;
    if (cache === undefined || changed.length === 0) return;
    const stale = new Set<string>();
    const pending = [...changed];
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      if (stale.has(place)) continue;
      stale.add(place);
      pending.push(...(this.importers.get(place) ?? []));
    }
    // It has a way of its own to name what it keeps, for each kind of module.
    const { keys, delete: remove } = Map.prototype;
    for (const url of [...(keys.call(cache) as Iterable<string>)])
      if (stale.has(placeOf(url) ?? '')) remove.call(cache, url);
  }
}

/** Of an ES module, or of what one imported. */
export function placeOf(url: string): string | undefined {
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/s, '')) : undefined;
}
