/** Which of the modules that a generation loaded the next one may load before the app asks for them. Pure. */
import type { ModuleGraph, Offence } from './own-words.ts';

export interface WarmList {
  /** Ids, or paths of those that are to be required although they are imported. */
  readonly modules: readonly string[];
  /** The latter. */
  readonly asked: readonly string[];
  /** ES modules of dependencies that are left out since they import some of those, and whose: ids. */
  readonly without: readonly { readonly id: string; readonly needs: string }[];
}

/**
 * In the app's order. Left out is the app's own code, what must come in
 * its order (`offenceOf` an id, packages that the user names), and all that would load one of these. CommonJS whose traces
 * can be taken back if it is required comes with what needs it, if that is CommonJS, too: ES modules have no such moment.
 */
export function warmList(
  { modules, by }: Pick<ModuleGraph, 'modules' | 'by'>,
  offenceOf: (id: string) => Offence | undefined,
  packages: readonly string[],
  pathOf: (id: string) => string,
): WarmList {
  const idOf = (index: number): string => modules[index]?.id ?? '';
  const users = modules.map((): number[] => []);
  modules.forEach(({ needs }, user) => {
    for (const needed of needs) users[needed]?.push(user);
  });
  const first = modules.findIndex(({ id }) => lasting(offenceOf(id))?.affectsOthers === true);
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
    if (!before || !loadable || named || isMain || lasting(offenceOf(id)) !== undefined) hold(index);
  });
  const asked = new Set<number>();
  const without: { id: string; needs: string }[] = [];
  const ask = (index: number): void => {
    const pending = [index];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const module = modules[next];
      if (module === undefined || held.has(next) || asked.has(next)) continue;
      const isCommonJs = module.isCommonJs === true || !module.id.startsWith('file:');
      if (!isCommonJs) {
        without.push({ id: module.id, needs: idOf(index) });
        hold(next);
        continue;
      }
      asked.add(next);
      pending.push(...(users[next] ?? []));
    }
  };
  modules.forEach(({ id }, index) => {
    if (offenceOf(id)?.canBeAsked === true) ask(index);
  });
  const isAsked = (index: number): boolean => asked.has(index) && modules[index]?.isCommonJs === true;
  const order = inOrder(modules, held);
  return {
    modules: order.map((index) => (isAsked(index) ? pathOf(idOf(index)) : idOf(index))),
    asked: order.filter(isAsked).map((index) => pathOf(idOf(index))),
    without,
  };
}

/** Unless asking will do. */
function lasting(offence: Offence | undefined): Offence | undefined {
  return offence?.canBeAsked === true ? undefined : offence;
}

/**
 * Depth first, as they were evaluated. All of them, since nobody knows which a module needs while it loads and which
 * only later: fastify has half of its modules from its first route on. What has come along costs a look.
 */
function inOrder(modules: ModuleGraph['modules'], held: ReadonlySet<number>): number[] {
  const seen = new Set<number>();
  const list: number[] = [];
  for (let root = 0; root < modules.length; root += 1) {
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const module = modules[next];
      if (module === undefined || seen.has(next)) continue;
      seen.add(next);
      if (held.has(next)) pending.push(...[...module.needs].reverse());
      else list.push(next);
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
