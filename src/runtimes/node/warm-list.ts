/** Which of the modules that a generation loaded the next one may load before the app asks for them. Pure. */
import type { ModuleGraph, Offence } from './own-words.ts';

/**
 * In the app's order. Left out is the app's own code, what must come in
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
  modules.forEach(({ id, own, isMain }, index) => {
    const before = first < 0 || index < first;
    const loadable = !own && (by === 'import' || !id.startsWith('file:'));
    const named = packages.some((name) => id.includes(`/node_modules/${name}/`));
    if (!before || !loadable || named || isMain || offences.has(id)) hold(index);
  });
  return inOrder(modules, held);
}

/**
 * Depth first, as they were evaluated. All of them, since nobody knows which a module needs while it loads and which
 * only later: fastify has half of its modules from its first route on. What has come along costs a look.
 */
function inOrder(modules: ModuleGraph['modules'], held: ReadonlySet<number>): string[] {
  const seen = new Set<number>();
  const list: string[] = [];
  for (let root = 0; root < modules.length; root += 1) {
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const module = modules[next];
      if (module === undefined || seen.has(next)) continue;
      seen.add(next);
      if (held.has(next)) pending.push(...[...module.needs].reverse());
      else list.push(module.id);
    }
  }
  return list;
}

/**
 * Dependencies that are evaluated before any module of the app's own: ES modules are once all that they need is, depth
 * first. CommonJS has begun by then.
 */
export function beforeApp({ modules }: Pick<ModuleGraph, 'modules'>): string[] {
  const seen = new Set<number>();
  const before: string[] = [];
  /** False once one of the app's own was evaluated. */
  const evaluate = (index: number): boolean => {
    const module = modules[index];
    if (module === undefined || seen.has(index)) return true;
    seen.add(index);
    const isOwn = module.isMain === true || module.own;
    if (isOwn && !module.id.startsWith('file:')) return false;
    if (!module.needs.every(evaluate) || isOwn) return false;
    before.push(module.id);
    return true;
  };
  modules.every((_, root) => evaluate(root));
  return before;
}
