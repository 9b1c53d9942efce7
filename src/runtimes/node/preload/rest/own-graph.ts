/** The app's own modules, by their files, as a generation has loaded them. */
import { code, pathOf } from '../../own-words.ts';
import type { LoadedModule } from '../../own-words.ts';
import { loader } from './loader.ts';

/** What these make of a module may depend on what another one is: `const enum`, macros. */
const looksFurther =
  /[\\/]node_modules[\\/](?:\.pnpm[\\/].*[\\/])?(?:ts-node|ts-patch|@babel[\\/](?:core|register))[\\/]/;

export class OwnGraph {
  /** Of each what it needs. */
  readonly needs = new Map<string, ReadonlySet<string>>();
  readonly mains = new Set<string>();
  /** Of those that are loaded as ES modules, or from there. */
  private readonly imported = new Set<string>();

  constructor(graph: readonly LoadedModule[]) {
    const files = graph.map(({ id }) => pathOf(id));
    graph.forEach(({ id, own, isMain, needs }, i) => {
      const file = files[i] ?? '';
      if (own) this.needs.set(file, new Set(needs.map((one) => files[one] ?? '')));
      if (id.startsWith('file:')) this.imported.add(file);
      if (isMain === true) this.mains.add(file);
    });
  }

  /** Those that need one of these, by whatever way, and these. */
  leadingTo(files: Iterable<string>): ReadonlySet<string> {
    const users = new Map<string, string[]>();
    for (const [user, needs] of this.needs)
      for (const one of needs) {
        const known = users.get(one);
        if (known === undefined) users.set(one, [user]);
        else known.push(user);
      }
    const leading = new Set<string>();
    const pending = [...files];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (leading.has(next)) continue;
      leading.add(next);
      pending.push(...(users.get(next) ?? []));
    }
    return leading;
  }

  /** All that these need of others is loaded. */
  haveDependencies(files: readonly string[]): boolean {
    return files.every((file) =>
      [...(this.needs.get(file) ?? [])].every(
        (one) => this.needs.has(one) || this.imported.has(one) || loader._cache[one] !== undefined,
      ),
    );
  }

  /** Nothing of the app has any of these, but for what it runs itself, nor what a compiler has made of another one with its help. */
  forgettable(): string[] {
    if (Object.keys(loader._cache).some((file) => looksFurther.test(file))) return [];
    return [...this.needs.keys()].filter(
      (file) =>
        code.test(file) &&
        !this.imported.has(file) &&
        (loader._cache[file] === undefined || this.mains.has(file)),
    );
  }
}
