/**
 * Finds the modules that do work while they load, which has to happen in the app's own order: each is blamed for
 * what happens between the begin and the end of its loading, what it loads itself not counted.
 */
import Module from 'node:module';
import type { Offence, StandbyPlan } from '../../own-words.ts';
import { Deferred } from './deferred.ts';
import { isLoaded } from '../engine/bindings.ts';
import { extended, isPrivate, SharedState } from './shared-state.ts';
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
  /** After the watches: what they replace is nobody's doing. */
  private readonly shared: SharedState;
  private readonly mayDefer: boolean;
  private failure: unknown;
  /** The root that is being loaded comes by `require`. */
  private required = false;

  constructor({ variables, commonJsMain }: StandbyPlan) {
    // What is imported has no moment at which the app asks for it.
    this.mayDefer = commonJsMain;
    const blame = (does: string): void => this.blame(does);
    this.watchLoading();
    const streams = watchStreams(blame, (hide) => this.defer(hide));
    this.undo.push(
      watchResources((does) => {
        if (!streams.areMade) this.blame(does);
      }),
      watchProcess(blame),
      watchVariables(variables, blame),
      watchFiles(blame),
      watchReflect(blame),
      streams.end,
    );
    this.shared = new SharedState();
  }

  /** Runs the loading of one module of the plan, and blames it for what nobody below it is to blame for. */
  during(module: string, load: () => unknown): void {
    this.required = true;
    this.stack.push(module);
    try {
      load();
    } catch (error) {
      this.fails(error);
    }
    this.loaded(module);
  }

  async duringAsync(module: string, load: () => Promise<unknown>): Promise<void> {
    this.required = false;
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
    for (const undo of this.undo.reverse()) undo();
    this.deferred.hide();
  }

  private loaded(module: string): void {
    this.noteNames();
    this.stack.pop();
    const changed = this.shared.changed();
    if (runner.test(module)) return;
    for (const name of changed)
      this.offences.set(module, { module, does: `replaces ${name}`, affectsOthers: true });
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

  private defer(hide: () => () => void): void {
    const module = this.stack.at(-1);
    if (this.mayDefer && this.required && module !== undefined) this.deferred.add(module, hide);
  }

  private watchLoading(): void {
    const prototype = Module.prototype as unknown as Loading;
    const { load } = prototype;
    const { stack } = this;
    const fails = (error: unknown): void => this.fails(error);
    const noteNames = (): void => this.noteNames();
    prototype.load = function (this: Loading, filename) {
      noteNames(); // of the one that loads this one
      stack.push(filename);
      try {
        return load.call(this, filename);
      } catch (error) {
        fails(error);
        throw error;
      } finally {
        noteNames();
        stack.pop();
      }
    };
    this.undo.push(() => {
      prototype.load = load;
    });
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
        const isFree = Object.getOwnPropertyDescriptor(object, key)?.configurable === true;
        if (object === globalThis && isFree && this.mayDefer && this.required)
          this.defer(() => hide(object, key));
        // Who looks for what is not on Reflect is noticed.
        else
          this.blame(
            `adds ${object === Reflect ? 'Reflect.' : ''}${String(key)}`,
            object !== Reflect && !isPrivate(key),
          );
      }
    }
  }
}

/** Node's `fetch` keeps this there from the first look at it on; others may, too. */
function isNodes(key: PropertyKey): boolean {
  return (
    typeof key === 'symbol' &&
    key.description?.startsWith('undici.globalDispatcher.') === true &&
    isLoaded('internal/deps/undici/undici')
  );
}

function hide(object: object, key: PropertyKey): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return () => undefined;
  Reflect.deleteProperty(object, key);
  return () => {
    if (!Object.hasOwn(object, key)) Object.defineProperty(object, key, descriptor);
  };
}
