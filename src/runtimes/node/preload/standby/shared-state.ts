/**
 * What all modules of a process share, and any of them may change: the language's and Node's own objects, and what
 * other modules export.
 */
import { EventEmitter } from 'node:events';
import Module from 'node:module';
import { types } from 'node:util';
import type { Hide } from './deferred.ts';
import { Getter, isSame, isUnchanged, seemsUnchanged, stateOf, unmade, valueOf } from './properties.ts';
import type { Owner } from './properties.ts';
import { hideName, Slots } from './slots.ts';

const language = (
  'Object Function Array String Number Boolean Symbol BigInt Promise Map Set WeakMap WeakSet Date RegExp Error ' +
  'TypeError JSON Math Reflect Intl ArrayBuffer Uint8Array Buffer URL URLSearchParams EventTarget AbortSignal console'
).split(' ');

/** Built-in modules that packages change; of the others, what they change is known for a whole package only. */
const core = new Set('fs events module http https net child_process timers'.split(' '));

/** More is a table. */
const mostKeys = 1500;

export interface Change {
  /** `fs.stat`, `Error.stackTraceLimit`. */
  readonly name: string;
  /** Absent: it can't be taken back. */
  readonly hide?: Hide | undefined;
  /** A new name that its package keeps for itself: who lists all names may see it. */
  readonly isPrivate?: boolean;
}

export class SharedState {
  private readonly owners = new Map<object, Owner>();
  /** Private names that packages have made: whoever changes one later is another copy of its package. */
  private readonly marks = new Map<object, Set<PropertyKey>>();
  private readonly slots = new Slots();
  private readonly cores: Owner[] = [];
  private settings = settings();
  /** Packages of which files were loaded since the last look. */
  private completing: ReadonlySet<string> = new Set();
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

  /** What has changed since the last call. */
  changed(): Change[] {
    this.completing = new Set(Object.keys(require.cache).slice(this.modules).map(packageOf));
    const changes = [...this.owners.values()].flatMap((owner) => this.changedIn(owner));
    const now = settings();
    for (const [name, value] of Object.entries(now))
      if (this.settings[name] !== value) changes.push({ name });
    this.settings = now;
    this.discover();
    return changes;
  }

  /** The same of what packages replace as a rule; cheap. */
  changedAtCore(): Change[] {
    const changes: Change[] = [];
    for (const owner of this.cores) if (!seemsUnchanged(owner)) changes.push(...this.changedIn(owner));
    return changes;
  }

  /** All that can be was, and our own watches are over. */
  takenBack(): void {
    this.slots.begin();
  }

  private changedIn(owner: Owner): Change[] {
    if (isUnchanged(owner)) {
      owner.count = Reflect.ownKeys(owner.object).length;
      return [];
    }
    const changes: Change[] = [];
    const before = new Map(owner.keys.map((key, i) => [key, owner.values[i]]));
    Object.assign(owner, stateOf(owner));
    owner.keys.forEach((key, i) => {
      const isNew = !before.has(key);
      const [was, is] = [before.get(key), owner.values[i]];
      before.delete(key);
      if (this.isMark(owner, key, isNew)) {
        if (isNew) changes.push(...marking(owner, key));
        return;
      }
      if (isNew && (extended.includes(owner.object) || this.completes(owner))) return;
      if (!isNew && isSame(owner, key, was, is)) return;
      changes.push({ name: nameOf(owner, key), hide: this.hiding(owner, key, isNew, was) });
    });
    for (const [key, was] of before)
      if (!this.isMark(owner, key, false) && !(owner.functionsOnly && was instanceof Getter))
        changes.push({ name: nameOf(owner, key) });
    return changes;
  }

  /** What a package adds to its own exports, file by file, is nobody else's. */
  private completes({ functionsOnly, name }: Owner): boolean {
    return functionsOnly && this.completing.has(name);
  }

  /** Whoever replaced it is known exactly only of the core. */
  private hiding(owner: Owner, key: PropertyKey, isNew: boolean, was: unknown): Hide | undefined {
    if (!owner.core || was instanceof Getter || was === unmade) return undefined;
    const { enumerable = true } = Object.getOwnPropertyDescriptor(owner.object, key) ?? {};
    const before = { value: was, writable: true, enumerable, configurable: true };
    return this.slots.replaced(owner.object, key, isNew ? undefined : before);
  }

  /** Nobody reads it but who knows of it. */
  private isMark({ object }: Owner, key: PropertyKey, isNew: boolean): boolean {
    const marks = this.marks.get(object) ?? new Set();
    if (isNew && isPrivate(key)) this.marks.set(object, marks.add(key));
    return marks.has(key);
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
      this.ownWithPrototype(packageOf(file), exports, true);
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
    const core = !functionsOnly && isCore(name);
    const owner = { name, object, functionsOnly, core, ...stateOf({ name, object, functionsOnly }) };
    this.owners.set(object, owner);
    if (core) this.cores.push(owner);
  }
}

/** Those of `extended` are met where they are looked for; what can't be taken back stays. */
function marking(owner: Owner, key: PropertyKey): Change[] {
  const { object, core } = owner;
  const isFree = Object.getOwnPropertyDescriptor(object, key)?.configurable === true;
  if (!core || !isFree || extended.includes(object)) return [];
  return [{ name: nameOf(owner, key), isPrivate: true, hide: () => hideName(object, key) }];
}

function packageOf(file: string): string {
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s.exec(file)?.[1] ?? file;
}

function isCore(name: string): boolean {
  const [root = ''] = name.split('.');
  return root === '' || root === 'process' || root === 'require' || core.has(root) || language.includes(root);
}

/** A new name that a package keeps for itself: `__zod_globalRegistry`. */
export function isPrivate(key: PropertyKey): boolean {
  return typeof key === 'symbol' || String(key).startsWith('__');
}

/** Where new names are looked for module by module. */
export const extended: readonly object[] = [globalThis, Reflect];

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
