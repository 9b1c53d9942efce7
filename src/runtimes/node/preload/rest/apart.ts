/**
 * Modules that are evaluated apart from the app: nothing of it has them, nor Node's cache. Only those that do nothing
 * to others can be, and each with what it has looked at, so that it is known whether it would still be the same.
 */
import { readFileSync } from 'node:fs';
import { dirname } from '../engine/paths.ts';
import { extensionOf, isPlainJson, isQuietBuiltin, loader } from './loader.ts';
import type { Load } from './loader.ts';
import type { OwnGraph } from './own-graph.ts';
import { contentStamp, noteLooks } from './seen.ts';
import type { Looked } from './seen.ts';
import { needsOf } from './statements.ts';

/** What it required: another one, or what the app has loaded. */
export type Needed =
  | { readonly apart: Apart; readonly exports: unknown }
  | { readonly module: NodeJS.Module; readonly exports: unknown };

export interface Apart extends Looked {
  readonly module: NodeJS.Module;
  /** In the order in which they were required. */
  readonly needed: Needed[];
}

interface Evaluating {
  readonly apart: Apart;
  readonly exportsOf: Map<string, unknown>;
  /** Files. */
  readonly needs: ReadonlySet<string>;
}

const cannot = new Error('It has to be evaluated in the order of the app.');

export class ModulesApart {
  /** Of each file that was tried: undefined if it has to wait. */
  readonly all = new Map<string, Apart | undefined>();
  /** Why these wait. */
  readonly waiting = new Map<string, string>();
  /** Files of the app, and what each needed. */
  private readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly mains: ReadonlySet<string>;
  private readonly stops: ReadonlySet<string>;
  private readonly evaluating: Evaluating[] = [];
  private plainLoad: Load = loader._load;

  /** `graph`: what a generation of the app has loaded; `stops`: files that are not to be read. */
  constructor({ needs, mains }: OwnGraph, stops: readonly string[]) {
    this.stops = new Set(stops);
    this.needs = needs;
    this.mains = mains;
  }

  /** All that can be. `isEnough` is asked after each file; false: it has ended it. */
  load(tick: () => void, isEnough: (file: string) => boolean = () => false): boolean {
    this.plainLoad = loader._load;
    loader._load = (request, parent) => this.required(request, parent);
    try {
      for (const file of this.needs.keys()) {
        tick();
        this.find(file);
        if (isEnough(file)) return false;
      }
      return true;
    } finally {
      loader._load = this.plainLoad;
    }
  }

  /** These, and all that have them. */
  forget(files: readonly string[]): void {
    const users = new Map<Apart, Apart[]>();
    for (const user of this.all.values())
      for (const one of user?.needed ?? [])
        if (user !== undefined && 'apart' in one)
          users.set(one.apart, [...(users.get(one.apart) ?? []), user]);
    const pending = files.flatMap((file) => this.all.get(file) ?? []);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (this.all.get(next.file) === undefined) continue;
      this.all.set(next.file, undefined);
      pending.push(...(users.get(next) ?? []));
    }
  }

  /** What those need that are not apart. */
  get asks(): ReadonlySet<string> {
    const files = new Set<string>();
    for (const [file, needs] of this.needs)
      if (this.all.get(file) === undefined) for (const one of needs) files.add(one);
    return files;
  }

  /** Where these others look for what they need is found out now, and kept by Node. */
  resolve(): void {
    for (const file of this.needs.keys()) {
      if (this.all.get(file) !== undefined || this.stops.has(file) || loader._cache[file]?.loaded === true)
        continue;
      const module = loader._cache[file] ?? newModule(file);
      for (const request of requestsIn(file)) {
        try {
          loader._resolveFilename(request, module);
        } catch {
          // The app may find it, or does without.
        }
      }
    }
  }

  private find(file: string): Apart | undefined {
    if (!this.all.has(file)) {
      this.all.set(file, undefined); // for who needs it while it is evaluated
      this.all.set(file, this.evaluated(file));
    }
    return this.all.get(file);
  }

  private evaluated(file: string): Apart | undefined {
    const needs = this.needs.get(file);
    if (
      needs === undefined ||
      this.mains.has(file) ||
      this.stops.has(file) ||
      loader._cache[file] !== undefined
    )
      return undefined;
    const module = newModule(file);
    const stamp = contentStamp(file);
    const apart: Apart = { file, stamp, module, needed: [], seen: [], wholes: [], variables: new Map() };
    const exportsOf = new Map<string, unknown>();
    this.evaluating.push({ apart, exportsOf, needs });
    try {
      const why = this.evaluate(apart, exportsOf);
      if (why === undefined) return apart;
      this.waiting.set(file, why);
    } catch (error) {
      this.waiting.set(file, String(error));
    } finally {
      this.evaluating.pop();
    }
    return undefined;
  }

  /** Returns why it can't be, if so. */
  private evaluate(apart: Apart, exportsOf: ReadonlyMap<string, unknown>): string | undefined {
    const { module, file } = apart;
    const extension = extensionOf(file);
    if (isPlainJson(extension)) loader._extensions['.json']?.(module, file);
    else {
      const [code, ...others] = compiled(module, file, extension) ?? [];
      if (typeof code !== 'string' || others[1] === 'module') return 'is not compiled to CommonJS';
      const needs = needsOf(code);
      if (typeof needs === 'string') return needs;
      Reflect.apply(loader.prototype._compile, module, [code, ...others]);
      if (!noteLooks(apart, needs, exportsOf)) return 'looks at what may do something';
    }
    module.loaded = true;
    return undefined;
  }

  private required(request: string, parent: NodeJS.Module): unknown {
    const user = this.evaluating.at(-1);
    if (user?.apart.module !== parent) throw cannot;
    const exports = this.exportsFor(request, user);
    user.exportsOf.set(request, exports);
    return exports;
  }

  private exportsFor(request: string, { apart, needs }: Evaluating): unknown {
    const isQuiet = isQuietBuiltin(request);
    if (isQuiet === true) return this.plainLoad.call(loader, request, apart.module, false);
    if (isQuiet === false) throw cannot;
    const file = loader._resolveFilename(request, apart.module);
    // Others may have a say in it that this does not ask.
    if (!needs.has(file)) throw cannot;
    const module = loader._cache[file];
    if (module !== undefined) {
      if (!module.loaded) throw cannot;
      const exports: unknown = module.exports;
      apart.needed.push({ module, exports });
      return exports;
    }
    const other = this.find(file);
    if (other === undefined) throw cannot;
    const exports: unknown = other.module.exports;
    apart.needed.push({ apart: other, exports });
    return exports;
  }
}

function newModule(file: string): NodeJS.Module {
  return Object.assign(new loader(file), { filename: file, paths: loader._nodeModulePaths(dirname(file)) });
}

/** Of files beside it, as far as they are written there. */
function requestsIn(file: string): Set<string> {
  const text = readFileSync(file, 'utf8');
  return new Set(
    [...text.matchAll(/(?:\brequire\s*\(|\bfrom|\bimport)\s*['"](\.[^'"\n]*)['"]/g)].map(
      ([, one = '']) => one,
    ),
  );
}

/** What Node would be given to compile, by whatever hooks there are. */
function compiled(module: NodeJS.Module, file: string, extension: string): unknown[] | undefined {
  let given: unknown[] | undefined;
  const compile = (...args: unknown[]): void => {
    given = args;
  };
  Object.assign(module, { _compile: compile });
  loader._extensions[extension]?.(module, file);
  if ((module as { _compile?: unknown })._compile === compile) Reflect.deleteProperty(module, '_compile');
  return given;
}
