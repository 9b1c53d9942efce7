/**
 * Traces of loading a module that the app could see before it asks for the module, and that can be taken back
 * until then.
 */

/** Takes the trace away; returns what brings it back. */
export type Hide = () => () => void;

export class Deferred {
  private readonly traces: { readonly loading: readonly string[]; readonly hide: Hide }[] = [];

  /**
   * Loading the last of these CommonJS modules has left a trace. The others were loading it: an ES module that was
   * itself required has no children, and between them may be such modules.
   */
  add(loading: readonly string[], hide: Hide): void {
    this.traces.push({ loading: [...loading], hide });
  }

  /** Until somebody requires a module that left one, or that has needed such a module. */
  hide(): void {
    if (this.traces.length === 0) return;
    const users = usersOfModules();
    const shows = new Map<NodeJS.Module, (() => void)[]>();
    for (const { loading, hide } of this.traces.reverse()) {
      const show = once(hide());
      for (const module of closure(loading, users)) shows.set(module, [show, ...(shows.get(module) ?? [])]);
    }
    for (const [module, these] of shows) {
      onceRequired(module, () => {
        for (const show of these) show();
      });
    }
  }
}

/** Node's loader takes the exports of a module that it has already from this property, and so does nobody else. */
function onceRequired(module: NodeJS.Module, act: () => void): void {
  const exports: unknown = module.exports;
  const become = (value: unknown): void => {
    Object.defineProperty(module, 'exports', {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
  Object.defineProperty(module, 'exports', {
    configurable: true,
    enumerable: true,
    get: () => {
      become(exports);
      act();
      return exports;
    },
    set: become,
  });
}

/** File → those that have it among their children. */
function usersOfModules(): ReadonlyMap<string, readonly NodeJS.Module[]> {
  const users = new Map<string, NodeJS.Module[]>();
  for (const module of Object.values(require.cache)) {
    if (module === undefined) continue;
    // What an ES module imports that was itself required may have none.
    for (const { filename } of (module.children as NodeJS.Module[] | undefined) ?? []) {
      const known = users.get(filename);
      if (known === undefined) users.set(filename, [module]);
      else known.push(module);
    }
  }
  return users;
}

function closure(
  files: readonly string[],
  users: ReadonlyMap<string, readonly NodeJS.Module[]>,
): ReadonlySet<NodeJS.Module> {
  const found = new Set<NodeJS.Module>();
  const pending = files.map((file) => require.cache[file]);
  while (pending.length > 0) {
    const module = pending.pop();
    if (module === undefined || found.has(module)) continue;
    found.add(module);
    pending.push(...(users.get(module.filename) ?? []));
  }
  return found;
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
