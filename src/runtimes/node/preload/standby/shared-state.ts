/**
 * What all modules of a process share, and any of them may change: the language's and Node's own objects, and what
 * other modules export.
 */
import { EventEmitter } from 'node:events';
import Module from 'node:module';
import { types } from 'node:util';
import { isLoaded } from '../engine/bindings.ts';

interface Owner {
  /** Empty: of the global object. */
  readonly name: string;
  readonly object: object;
  /** For what a module exports. */
  readonly functionsOnly: boolean;
  keys: readonly PropertyKey[];
  /** Of each key the value, or its getter, where there is one. */
  values: readonly unknown[];
}

const language = (
  'Object Function Array String Number Boolean Symbol BigInt Promise Map Set WeakMap WeakSet Date RegExp Error ' +
  'TypeError JSON Math Reflect Intl ArrayBuffer Uint8Array Buffer URL URLSearchParams EventTarget AbortSignal console'
).split(' ');

/** Node's own bookkeeping; `chdir` is replaced by Node itself once somebody asks for threads. */
const ignored: ReadonlySet<PropertyKey> = new Set('_events _eventsCount _maxListeners env chdir'.split(' '));

/**
 * What Node since 22 makes when it is first looked at, by loading one of its modules: a trace, and 10 ms for undici.
 * Whoever replaces one is noticed if that module is there.
 */
const made: Readonly<Record<string, readonly PropertyKey[]>> = {
  'internal/file': ['File'],
  'internal/navigator': ['Navigator', 'navigator'],
  'internal/crypto/webcrypto': ['Crypto', 'CryptoKey', 'SubtleCrypto', 'crypto'],
  'internal/deps/undici/undici':
    'FormData Headers Request Response MessageEvent WebSocket CloseEvent ErrorEvent EventSource'.split(' '),
  'internal/webstorage': ['Storage'],
  'internal/util/parse_args/parse_args': ['parseArgs'],
  'internal/util/diff': ['diff'],
  'internal/util/trace_sigint': ['setTraceSigInt'],
};
const maker = new Map(Object.entries(made).flatMap(([module, keys]) => keys.map((key) => [key, module])));
const unmade = Symbol('not made yet');

/** More is a table. */
const mostKeys = 1500;

export class SharedState {
  private readonly owners = new Map<object, Owner>();
  private settings = settings();
  private builtins = 0;
  private modules = 0;

  constructor() {
    this.own('', globalThis);
    for (const name of language) this.ownWithPrototype(name, (globalThis as Record<string, unknown>)[name]);
    this.own('process', process);
    this.ownWithPrototype('module', Module);
    this.own('require.extensions', (Module as unknown as { _extensions: object })._extensions);
    this.discover();
  }

  /** Names of what has changed since the last call. */
  changed(): string[] {
    const names: string[] = [];
    for (const owner of this.owners.values()) {
      if (isUnchanged(owner)) continue;
      const before = new Map(owner.keys.map((key, i) => [key, owner.values[i]]));
      Object.assign(owner, stateOf(owner));
      owner.keys.forEach((key, i) => {
        const isNew = !before.has(key);
        const [was, is] = [before.get(key), owner.values[i]];
        before.delete(key);
        if (isNew && extended.includes(owner.object)) return;
        if (isNew || !isSame(owner, key, was, is)) names.push(nameOf(owner, key));
      });
      for (const [key, was] of before)
        if (!(owner.functionsOnly && was instanceof Getter)) names.push(nameOf(owner, key));
    }
    const now = settings();
    for (const [name, value] of Object.entries(now)) if (this.settings[name] !== value) names.push(name);
    this.settings = now;
    this.discover();
    return names;
  }

  /** Modules that are here by now. */
  private discover(): void {
    const loaded = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList;
    for (; this.builtins < loaded.length; this.builtins += 1) {
      const [, name] = /^NativeModule ([^_].*)$/.exec(loaded[this.builtins] ?? '') ?? [];
      if (name === undefined || !Module.builtinModules.includes(name) || name === 'module') continue;
      const exports: unknown = require(name);
      this.ownWithPrototype(name, exports);
      if (!isObject(exports)) continue;
      for (const key of Object.keys(exports))
        this.ownPrototype(`${name}.${key}`, valueOf({ name, object: exports }, key));
    }
    const files = Object.keys(require.cache);
    for (; this.modules < files.length; this.modules += 1) {
      const file = files[this.modules] ?? '';
      const exports: unknown = require.cache[file]?.exports;
      if (file.endsWith('.json') || !isObject(exports) || Array.isArray(exports)) continue;
      const name = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s.exec(file)?.[1] ?? file;
      this.ownWithPrototype(name, exports, true);
    }
  }

  private ownWithPrototype(name: string, object: unknown, functionsOnly = false): void {
    this.own(name, object, functionsOnly);
    this.ownPrototype(name, object, functionsOnly);
  }

  private ownPrototype(name: string, object: unknown, functionsOnly = false): void {
    if (typeof object !== 'function' || types.isProxy(object)) return;
    const prototype = Object.getOwnPropertyDescriptor(object, 'prototype')?.value as unknown;
    this.own(`${name}.prototype`, prototype, functionsOnly);
  }

  private own(name: string, object: unknown, functionsOnly = false): void {
    if (!isObject(object) || types.isProxy(object) || this.owners.has(object)) return;
    if (functionsOnly && Reflect.ownKeys(object).length > mostKeys) return;
    this.owners.set(object, { name, object, functionsOnly, ...stateOf({ name, object, functionsOnly }) });
  }
}

/** A new name that a package keeps for itself: `__zod_globalRegistry`. */
export function isPrivate(key: PropertyKey): boolean {
  return typeof key === 'symbol' || String(key).startsWith('__');
}

/** Where new names are looked for module by module. */
export const extended: readonly object[] = [globalThis, Reflect];

function stateOf(owner: Pick<Owner, 'name' | 'object' | 'functionsOnly'>): Pick<Owner, 'keys' | 'values'> {
  const keys = keysOf(owner);
  return { keys, values: keys.map((key) => valueOf(owner, key)) };
}

/** Of a module's exports only its functions count: data may be there to be changed. */
function keysOf({ object, functionsOnly }: Pick<Owner, 'object' | 'functionsOnly'>): PropertyKey[] {
  const keys = Reflect.ownKeys(object);
  if (!functionsOnly) return keys.filter((key) => !ignored.has(key));
  return keys.filter((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    return descriptor?.get !== undefined || typeof descriptor?.value === 'function';
  });
}

/** The rule, and so without making anything that is not needed. */
function isUnchanged(owner: Owner): boolean {
  const { keys, values } = owner;
  const now = keysOf(owner);
  return (
    now.length === keys.length &&
    now.every((key, i) => key === keys[i] && Object.is(valueOf(owner, key), values[i]))
  );
}

function valueOf({ name, object }: Pick<Owner, 'name' | 'object'>, key: PropertyKey): unknown {
  const module = maker.get(key);
  if (module !== undefined && (name === '' || name === 'util') && !isLoaded(module)) return unmade;
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor?.get !== undefined) return getterOf(descriptor.get);
  return descriptor?.value;
}

/** Tells a getter from a function as a value. One for each. */
class Getter {
  constructor(readonly get: () => unknown) {}
}
const getters = new WeakMap<() => unknown, Getter>();

function getterOf(get: () => unknown): Getter {
  const known = getters.get(get) ?? new Getter(get);
  getters.set(get, known);
  return known;
}

/** A getter may turn into what it gets when it is first used: Node's do, and those of packages. */
function isSame({ object, functionsOnly }: Owner, key: PropertyKey, before: unknown, now: unknown): boolean {
  if (Object.is(before, now) || before === unmade) return true;
  if (!(before instanceof Getter) || now instanceof Getter) return false;
  if (functionsOnly) return true;
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  const gotten: unknown = before.get.call(object);
  if (descriptor !== undefined) Object.defineProperty(object, key, descriptor); // it may have overwritten it
  return Object.is(gotten, now);
}

/** What is not kept in properties, or in those that must not be looked at before somebody else does. */
function settings(): Record<string, unknown> {
  return {
    'process.cwd()': process.cwd(),
    'process.title': process.title,
    'process.argv': JSON.stringify(process.argv),
    'process.execArgv': JSON.stringify(process.execArgv),
    'events.defaultMaxListeners': EventEmitter.defaultMaxListeners,
  };
}

function nameOf({ name }: Owner, key: PropertyKey): string {
  return name === '' ? String(key) : `${name}.${String(key)}`;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
