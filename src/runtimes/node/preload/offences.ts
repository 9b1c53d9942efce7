/**
 * Finds the modules that do work while they load, which has to happen in the app's own order: each is blamed for
 * what happens between the begin and the end of its loading, what it loads itself not counted.
 */
import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { isDependency } from '../../dependency.ts';
import type { Offence, StandbyPlan } from '../../protocol.ts';
import { functionSlots } from './function-slots.ts';

/** Asynchronous resources that outlive the loading of a module: async_hooks, "type". */
const work: Readonly<Record<string, string>> = {
  Timeout: 'starts a timer',
  Immediate: 'starts a timer',
  TCPWRAP: 'opens a connection',
  TCPSERVERWRAP: 'listens',
  PIPEWRAP: 'opens a pipe',
  PIPESERVERWRAP: 'listens',
  UDPWRAP: 'opens a socket',
  PROCESSWRAP: 'starts a process',
  SIGNALWRAP: 'listens for a signal',
  FSEVENTWRAP: 'watches files',
  STATWATCHER: 'watches files',
  GETADDRINFOREQWRAP: 'looks up a host',
  QUERYWRAP: 'looks up a host',
  WORKER: 'starts a thread',
};

/** Runners are loaded before the app in any case; this one greets the process that started it. */
const runner = /[\\/]node_modules[\\/]tsx[\\/]/;

interface Loading {
  load(filename: string): unknown;
}

export class Observer {
  readonly offences = new Map<string, Offence>();
  private readonly plan: StandbyPlan;
  private readonly stack: string[] = [];
  private slots = functionSlots();
  private failure: unknown;
  private readonly undo: (() => void)[] = [];

  constructor(plan: StandbyPlan) {
    this.plan = plan;
    this.watchLoading();
    this.watchResources();
    this.watchListeners();
    this.watchVariables();
    this.watchFiles();
  }

  /** Runs the loading of one module of the plan, and blames it for what nobody below it is to blame for. */
  during(module: string, load: () => unknown): void {
    this.stack.push(module);
    try {
      load();
    } catch (error) {
      this.fails(error);
    }
    this.stack.pop();
    this.compareSlots(module);
  }

  async duringAsync(module: string, load: () => Promise<unknown>): Promise<void> {
    this.stack.push(module);
    try {
      await load();
    } catch (error) {
      this.fails(error);
    }
    this.stack.pop();
    this.compareSlots(module);
  }

  /** Leaves everything as it was found. */
  end(): void {
    for (const undo of this.undo.reverse()) undo();
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

  private watchLoading(): void {
    const prototype = Module.prototype as unknown as Loading;
    const { load } = prototype;
    const { stack } = this;
    const fails = (error: unknown): void => this.fails(error);
    prototype.load = function (this: Loading, filename) {
      stack.push(filename);
      try {
        return load.call(this, filename);
      } catch (error) {
        fails(error);
        throw error;
      } finally {
        stack.pop();
      }
    };
    this.undo.push(() => {
      prototype.load = load;
    });
  }

  private watchResources(): void {
    const hook = createHook({
      init: (_id, type) => {
        const does = work[type];
        if (does !== undefined) this.blame(does);
      },
    });
    hook.enable();
    this.undo.push(() => hook.disable());
  }

  private watchListeners(): void {
    const heard = (name: string | symbol): void => {
      if (name !== 'newListener') this.blame(`listens for process events (${String(name)})`);
    };
    process.on('newListener', heard);
    this.undo.push(() => process.off('newListener', heard));
  }

  /**
   * Only where the app changes any: whoever keeps `process.env` keeps this stand-in, which answers the same. To
   * list the names of all is no offence (`debug` looks for its own); the list is as the app would leave it.
   */
  private watchVariables(): void {
    const variables = new Set(this.plan.variables);
    if (variables.size === 0) return;
    const { env } = process;
    let watching = true;
    const note = (name: string | symbol): void => {
      if (watching && typeof name === 'string' && variables.has(name)) this.blame(`reads ${name}`);
    };
    process.env = new Proxy(env, {
      get: (target, name) => {
        note(name);
        return Reflect.get(target, name) as unknown;
      },
      has: (target, name) => {
        note(name);
        return Reflect.has(target, name);
      },
      ownKeys: (target) =>
        watching ? [...new Set([...Reflect.ownKeys(target), ...variables])] : Reflect.ownKeys(target),
      getOwnPropertyDescriptor: (target, name) => {
        const found = Reflect.getOwnPropertyDescriptor(target, name);
        if (found !== undefined || !watching || typeof name !== 'string' || !variables.has(name))
          return found;
        return { value: '', configurable: true, enumerable: true, writable: true };
      },
    });
    this.undo.push(() => {
      watching = false;
      process.env = env;
    });
  }

  private watchFiles(): void {
    const { folder } = this.plan;
    const note = (file: unknown): void => {
      const place = typeof file === 'string' ? path.resolve(file) : file instanceof URL ? file.pathname : '';
      if (!place.startsWith(`${folder}${path.sep}`) || isDependency(place)) return;
      this.blame(`reads ${path.relative(folder, place)}`);
    };
    const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of ['readFileSync', 'openSync', 'readFile', 'open'] as const) {
      const original = functions[name];
      if (original === undefined) continue;
      const noting = function (this: unknown, ...args: unknown[]): unknown {
        note(args[0]);
        return Reflect.apply(original, this, args);
      };
      functions[name] = Object.defineProperties(noting, Object.getOwnPropertyDescriptors(original));
      this.undo.push(() => {
        functions[name] = original;
      });
    }
  }

  private compareSlots(module: string): void {
    const now = functionSlots();
    for (const [name, value] of now) {
      // A builtin that was loaded only now has nothing to be compared with.
      if (!this.slots.has(name) || this.slots.get(name) === value) continue;
      this.offences.set(module, { module, does: `replaces ${name}`, affectsOthers: true });
    }
    this.slots = now;
  }
}
