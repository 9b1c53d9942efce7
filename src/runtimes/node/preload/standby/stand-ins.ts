/** What stands in, for modules that are loaded before the app, for those modules of the app that are not there yet. */
import Module from 'node:module';
import { types } from 'node:util';
import { dirname } from '../engine/paths.ts';
import { isDependency } from '../../dependency.ts';
import { mainModule } from '../engine/internals.ts';

/**
 * What `require.main` and `module.parent` are to modules that are loaded before the main module: an object that
 * says the same, and becomes the main module when that comes into being. Returns what takes it away from those that
 * are loaded later: before the main module, and after all of ours, come the user's own preloads.
 */
export function standInForMain(main: string): () => void {
  const before = emptyModule(main);
  const present = (): object => {
    const now = mainModule();
    return now === undefined || now === standIn ? before : now;
  };
  const standIn = standInFor(before, present);
  Object.defineProperty(process, 'mainModule', {
    value: standIn,
    configurable: true,
    enumerable: true,
    writable: true,
  });
  return () => {
    if (mainModule() === standIn) Reflect.deleteProperty(process, 'mainModule');
  };
}

/**
 * Stands in for whoever will be the first to require `file`, which is loaded in its stead: a dependency that does so
 * lazily, or a module of the app. Nobody knows before it happens, so who looks (`looks`) comes too early at first.
 */
export function standInForRequirer(
  file: string,
  main: string,
  preloader: NodeJS.Module['parent'],
  looks: () => void,
): object {
  const before = emptyModule(main);
  return standInFor(before, () => {
    looks();
    return firstToRequire(file, preloader) ?? before;
  });
}

/** Walks as modules were evaluated: the user's preloads, the app. What the standby loaded, they would have loaded. */
function firstToRequire(file: string, preloader: NodeJS.Module['parent']): object | undefined {
  const seen = new Set<NodeJS.Module>();
  const find = (module: NodeJS.Module): object | undefined => {
    if (seen.has(module)) return undefined;
    seen.add(module);
    // An ES module that imports JSON leaves an entry without any.
    for (const child of (module.children as NodeJS.Module[] | undefined) ?? []) {
      if (child.filename === file) return module;
      const found = find(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const modules = Object.values(require.cache).filter((module) => module !== undefined);
  const first = preloader === null || preloader === undefined ? [] : [preloader];
  for (const module of [...first, ...modules.filter(isPreloaded), ...modules.filter(isApps), ...modules]) {
    const found = find(module);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By Node itself. One that the standby loaded before has brought along all that it requires. */
function isPreloaded(module: NodeJS.Module): boolean {
  const { parent } = module as { readonly parent?: { readonly id: string } };
  return !types.isProxy(parent) && parent?.id === 'internal/preload';
}

function isApps({ filename }: NodeJS.Module): boolean {
  return !isDependency(filename);
}

function standInFor(before: Module, present: () => object): object {
  return new Proxy(before, {
    get: (_target, name) => Reflect.get(present(), name) as unknown,
    set: (_target, name, value) => Reflect.set(present(), name, value),
    has: (_target, name) => Reflect.has(present(), name),
    getOwnPropertyDescriptor: (target, name) => {
      const found = Reflect.getOwnPropertyDescriptor(present(), name);
      // A proxy may not show what its target can't have.
      return found === undefined
        ? Reflect.getOwnPropertyDescriptor(target, name)
        : { ...found, configurable: true };
    },
    ownKeys: () => Reflect.ownKeys(present()),
  });
}

function emptyModule(main: string): Module {
  const paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(
    dirname(main),
  );
  return Object.assign(new Module(main), { id: '.', filename: main, paths });
}
