/**
 * Finds the modules that do work while they load, which has to happen in the app's own order: each is blamed for
 * what happens between the begin and the end of its loading, what it loads itself not counted.
 */
import Module from 'node:module';
import { pathOf } from '../../own-words.ts';
import type { Offence, StandbyPlan } from '../../own-words.ts';
import { Deferred } from './deferred.ts';
import { isLoaded } from '../engine/bindings.ts';
import { extended, isPrivate, SharedState } from './shared-state.ts';
import type { Change } from './shared-state.ts';
import { hideName } from './slots.ts';
import { watchStreams } from './stream-watch.ts';
import {
  isCalledByModule,
  runner,
  watchFiles,
  watchProcess,
  watchReflect,
  watchResources,
  watchVariables,
} from './watches.ts';

interface Loading {
  load(filename: string): unknown;
}

export class Observer {
  readonly offences = new Map<string, Offence>();
  private readonly stack: string[] = [];
  private readonly deferred = new Deferred();
  private readonly names = extended.map((object) => [object, new Set(Reflect.ownKeys(object))] as const);
  private readonly undo: (() => void)[] = [];
  /** Of these, what ends the watch on functions of Node. */
  private readonly functions: readonly (() => void)[];
  /** After the watches: what they replace is nobody's doing. */
  private readonly shared: SharedState;
  /** Names on `Reflect` once the app serves. */
  private readonly reflect: ReadonlySet<string>;
  /** Comes before every module of the app, so that what it leaves is there for all of them. */
  private readonly beforeApp: ReadonlySet<string>;
  /** Module and what it looked for on `Reflect` in vain. */
  private readonly missed: { readonly module: string; readonly name: string }[] = [];
  private failure: unknown;
  /** What is required has a moment at which the app asks for it, and that is seen. */
  private isDeferrable = false;

  constructor({ variables, consumed, reflect, beforeApp }: StandbyPlan) {
    this.reflect = new Set(reflect);
    this.beforeApp = new Set(beforeApp);
    const blame = (does: string): void => this.blame(does);
    this.watchLoading();
    const streams = watchStreams(blame, (hide) => this.defer(hide));
    this.functions = [watchProcess(blame, (warn) => this.holds(warn)), watchFiles(new Set(consumed), blame)];
    this.undo.push(
      watchResources((does) => {
        if (!streams.areMade) this.blame(does);
      }),
      watchVariables(variables, blame),
      ...this.functions,
      watchReflect((name) => this.misses(name)),
      streams.end,
    );
    this.shared = new SharedState();
  }

  /** Runs the loading of one module of the plan, and blames it for what nobody below it is to blame for. */
  during(module: string, load: () => unknown): void {
    this.isDeferrable = true;
    this.stack.push(module);
    try {
      load();
    } catch (error) {
      this.fails(error);
    }
    this.loaded(module);
  }

  async duringAsync(module: string, load: () => Promise<unknown>): Promise<void> {
    this.isDeferrable = false;
    this.stack.push(module);
    try {
      await load();
    } catch (error) {
      this.fails(error);
    }
    this.loaded(module);
  }

  /** Only while it runs, and only by itself: Node looks, too. */
  looksAtRequirer(file: string): void {
    if (this.stack.at(-1) === file && isCalledByModule()) this.blame('looks at who requires it');
  }

  /** Leaves everything as it was found. */
  end(): void {
    this.blameWhoMissed();
    for (const undo of this.undo.reverse()) undo();
    this.deferred.hide();
    // Ours are what packages that replaced them have found there.
    for (const end of this.functions) end();
    this.shared.takenBack();
  }

  private misses(name: string): void {
    const module = this.stack.at(-1);
    if (module !== undefined) this.missed.push({ module, name });
  }

  /**
   * What a package adds to `Reflect` comes, here as in the app, after those who looked for it before. It is missing if
   * it is the app's own modules that bring it, or a package that is left to them.
   */
  private blameWhoMissed(): void {
    for (const { module, name } of this.missed) {
      if (Object.hasOwn(Reflect, name) || !this.reflect.has(name) || this.offences.has(module)) continue;
      this.offences.set(module, { module, does: `looks for Reflect.${name}`, affectsOthers: false });
    }
  }

  private loaded(module: string): void {
    this.noteTraces();
    for (const change of this.shared.changed()) this.replaced(module, change);
    this.stack.pop();
  }

  /** What the app's own modules would have found so, too, or what can be taken back until they load who did it. */
  private replaced(module: string, { name, hide, isPrivate = false }: Change): void {
    if (runner.test(module) || this.beforeApp.has(this.stack[0] ?? '')) return;
    const does = `${isPrivate ? 'adds' : 'replaces'} ${name}`;
    // Who can't be asked for it keeps it: hardly anybody looks.
    if (isPrivate && !this.isDeferrable && !canBeAsked(module)) return;
    if (hide === undefined) this.offences.set(module, { module, does, affectsOthers: true });
    else if (this.isDeferrable) this.defer(hide);
    else this.wantsToBeAsked(module, does, true);
  }

  /** Those that needed the one that failed fail with it. */
  private fails(error: unknown): void {
    if (this.failure === error) return;
    this.failure = error;
    this.blame(`fails to load: ${String(error).split('\n')[0] ?? ''}`);
  }

  private blame(does: string, affectsOthers = false): void {
    const module = this.stack.at(-1);
    if (module === undefined || this.offences.has(module) || runner.test(module)) return;
    this.offences.set(module, { module, does, affectsOthers });
  }

  /** If it is CommonJS: an ES module can't be. */
  private wantsToBeAsked(module: string, does: string, affectsOthers: boolean): void {
    if (this.offences.has(module) || runner.test(module)) return;
    const asked = canBeAsked(module) ? { canBeAsked: true as const } : {};
    this.offences.set(module, { module, does, affectsOthers, ...asked });
  }

  private defer(hide: () => () => void): void {
    if (this.isDeferrable && this.stack.length > 0) this.deferred.add(this.stack, hide);
  }

  private holds(warn: () => void): boolean {
    const module = this.stack.at(-1);
    if (module === undefined || runner.test(module)) return false;
    if (this.isDeferrable) this.defer(() => warn);
    else this.wantsToBeAsked(module, 'warns', false); // this standby is thrown away, and its word with it
    return true;
  }

  private watchLoading(): void {
    const prototype = Module.prototype as unknown as Loading;
    const { load } = prototype;
    const { stack } = this;
    const fails = (error: unknown): void => this.fails(error);
    const noteTraces = (): void => this.noteTraces();
    prototype.load = function (this: Loading, filename) {
      noteTraces(); // of the one that loads this one
      stack.push(filename);
      try {
        return load.call(this, filename);
      } catch (error) {
        fails(error);
        throw error;
      } finally {
        noteTraces();
        stack.pop();
      }
    };
    this.undo.push(() => {
      prototype.load = load;
    });
  }

  /** Of the module that is loading, and of no other that it loads. */
  private noteTraces(): void {
    this.noteNames();
    const module = this.stack.at(-1);
    if (module === undefined) return;
    for (const change of this.shared.changedAtCore()) this.replaced(module, change);
  }

  /** Taken back until the app loads who made them, if they can be. */
  private noteNames(): void {
    for (const [object, known] of this.names) {
      const now = Reflect.ownKeys(object);
      if (now.length === known.size) continue;
      for (const key of now) {
        if (known.has(key)) continue;
        known.add(key);
        if (isNodes(key)) continue;
        this.added(object, key);
      }
    }
  }

  private added(object: object, key: PropertyKey): void {
    const isFree = Object.getOwnPropertyDescriptor(object, key)?.configurable === true;
    if (isFree && this.isDeferrable) {
      this.defer(() => hideName(object, key));
      return;
    }
    const module = this.stack.at(-1);
    if (isPrivate(key) || this.beforeApp.has(this.stack[0] ?? '') || module === undefined) return;
    const does = `adds ${object === Reflect ? 'Reflect.' : ''}${String(key)}`;
    // Who looks for what is not on Reflect is noticed.
    if (isFree) this.wantsToBeAsked(module, does, object !== Reflect);
    else this.blame(does, object !== Reflect);
  }
}

function canBeAsked(module: string): boolean {
  return pathOf(module) in require.cache;
}

/** Node's `fetch` keeps this there from the first look at it on; others may, too. */
function isNodes(key: PropertyKey): boolean {
  return (
    typeof key === 'symbol' &&
    key.description?.startsWith('undici.globalDispatcher.') === true &&
    isLoaded('internal/deps/undici/undici')
  );
}
