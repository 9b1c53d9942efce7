/** Which of the modules that a generation loaded the next one may load before the app asks for them. Pure. */
import { isDependency } from '../dependency.ts';
import type { ModuleGraph, Offence } from '../protocol.ts';

/**
 * In the app's order, and without what comes along by itself. Left out is the app's own code, what must come in
 * its order (`offences`, packages that the user names), and all that would load one of these.
 */
export function warmList(
  { modules, by }: Pick<ModuleGraph, 'modules' | 'by'>,
  offences: ReadonlyMap<string, Offence>,
  packages: readonly string[],
): string[] {
  const users = modules.map((): number[] => []);
  modules.forEach(({ needs }, user) => {
    for (const needed of needs) users[needed]?.push(user);
  });
  const first = modules.findIndex(({ id }) => offences.get(id)?.affectsOthers === true);
  const held = new Set<number>();
  const hold = (index: number): void => {
    const pending = [index];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (held.has(next)) continue;
      held.add(next);
      pending.push(...(users[next] ?? []));
    }
  };
  modules.forEach(({ id }, index) => {
    const before = first < 0 || index < first;
    const loadable = isDependency(id) && (by === 'import' || !id.startsWith('file:'));
    const named = packages.some((name) => id.includes(`/node_modules/${name}/`));
    if (!before || !loadable || named || offences.has(id)) hold(index);
  });
  return inOrder(modules, held);
}

/** Depth first, as they were evaluated; below a module that may be loaded nothing is left to say. */
function inOrder(modules: ModuleGraph['modules'], held: ReadonlySet<number>): string[] {
  const seen = new Set<number>();
  const list: string[] = [];
  const comeAlong = (needs: readonly number[]): void => {
    const pending = [...needs];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...(modules[next]?.needs ?? []));
    }
  };
  for (let root = 0; root < modules.length; root += 1) {
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const module = modules[next];
      if (module === undefined || seen.has(next)) continue;
      seen.add(next);
      if (held.has(next)) pending.push(...[...module.needs].reverse());
      else {
        list.push(module.id);
        comeAlong(module.needs);
      }
    }
  }
  return list;
}
