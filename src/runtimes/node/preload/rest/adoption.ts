/**
 * Where the app asks for a module that was evaluated apart, it gets that one, if it is what evaluating it now would make
 * of it. Until then nobody sees it: Node's cache has an entry of it that only Node's loader finds.
 */
import { callersOf } from '../engine/stack.ts';
import type { Apart } from './apart.ts';
import { loader, steps } from './loader.ts';
import { isUnwritten, looksTheSame } from './seen.ts';

/** From the loader to the module that requires. */
const deepest = 12;
const nodesLoader = 'node:internal/modules/cjs/loader';

export class Adoption {
  private readonly waiting = new Map<string, Apart>();
  private readonly adopted = new Set<Apart>();
  private readonly spoilt = new Set<Apart>();
  /** Found good where the app asked last; nothing else has run since. */
  private good = new Set<Apart>();
  private readonly steps = steps();
  private readonly asks: ReadonlySet<string>;
  private readonly mayBeWritten: boolean;

  /** `asks`: the files that others ask for. `mayBeWritten`: those of the modules, by the app. */
  constructor(all: Iterable<Apart>, asks: ReadonlySet<string>, mayBeWritten: boolean) {
    this.mayBeWritten = mayBeWritten;
    for (const apart of all) this.waiting.set(apart.file, apart);
    this.asks = asks;
  }

  begin(): void {
    for (const apart of this.waiting.values()) if (this.asks.has(apart.file)) this.offer(apart);
  }

  /** Those that nobody has asked for are loaded as ever. */
  end(): void {
    for (const { file } of [...this.waiting.values()]) this.withdraw(file);
  }

  private offer(apart: Apart): void {
    const { file } = apart;
    if (loader._cache[file] !== undefined) return;
    const get = (): NodeJS.Module | undefined => this.asked(apart, callersOf(get, deepest));
    Object.defineProperty(loader._cache, file, {
      configurable: true,
      enumerable: false,
      get,
      set: (value: NodeJS.Module) => {
        this.withdraw(file);
        loader._cache[file] = value;
      },
    });
  }

  private withdraw(file: string): void {
    if (this.waiting.delete(file) && this.asks.has(file) && !isLoaded(file))
      Reflect.deleteProperty(loader._cache, file);
  }

  private asked(apart: Apart, sites: ReturnType<typeof callersOf>): NodeJS.Module | undefined {
    const [who] = sites;
    if (who?.getFileName() !== nodesLoader || !/\b_load$/.test(who.getFunctionName() ?? '')) return undefined;
    const by = sites.find((site) => site.getFileName()?.startsWith('node:') !== true)?.getFileName();
    const parent = typeof by === 'string' ? cached(by) : undefined;
    const now = steps();
    if (parent === undefined || !this.steps.every((step, i) => step === now[i])) {
      this.end();
      return undefined;
    }
    this.good = new Set();
    if (!this.isGood(apart)) {
      this.withdraw(apart.file);
      return undefined;
    }
    this.adopt(apart, parent);
    return apart.module;
  }

  private isGood(apart: Apart): boolean {
    if (this.good.has(apart)) return true;
    if (this.spoilt.has(apart)) return false;
    const { file, module, needed } = apart;
    const isSame = this.adopted.has(apart)
      ? cached(file) === module
      : this.waiting.has(file) &&
        cached(file) === undefined && // nobody has loaded another one
        needed.every((one) =>
          'apart' in one
            ? one.apart.module.exports === one.exports && this.isGood(one.apart)
            : one.module.exports === one.exports && cached(one.module.filename) === one.module,
        ) &&
        (!this.mayBeWritten || isUnwritten(apart)) &&
        looksTheSame(apart);
    (isSame ? this.good : this.spoilt).add(apart);
    return isSame;
  }

  /** As Node would have loaded it, and what it needs after it. */
  private adopt(apart: Apart, parent: NodeJS.Module): void {
    const { file, module, needed } = apart;
    this.withdraw(file);
    this.adopted.add(apart);
    loader._cache[file] = module;
    (module as { parent: NodeJS.Module }).parent = parent;
    for (const one of needed) {
      if ('apart' in one && !this.adopted.has(one.apart)) this.adopt(one.apart, module);
      const child = 'apart' in one ? one.apart.module : one.module;
      if (!module.children.includes(child)) module.children.push(child);
    }
  }
}

function isLoaded(file: string): boolean {
  return Object.getOwnPropertyDescriptor(loader._cache, file)?.get === undefined;
}

/** Without asking for what was not asked for. */
function cached(file: string): NodeJS.Module | undefined {
  return Object.getOwnPropertyDescriptor(loader._cache, file)?.value as NodeJS.Module | undefined;
}
