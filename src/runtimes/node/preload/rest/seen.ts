/**
 * What a module that does nothing to others looks at while it is evaluated, and what it has found there: it is the same for
 * as long as that is. Nothing is run to look again that could do something.
 */
import fs from 'node:fs';
import { types } from 'node:util';
import { stampOf } from '../../../../shared/stat.ts';
import { interop } from './values.ts';

const { statSync } = fs; // the app may replace it

export interface Seen {
  readonly object: object;
  readonly key: PropertyKey;
  readonly value: unknown;
}

export interface Needs {
  /** Of what is required: keys from its exports on. */
  readonly reads: readonly { readonly request: string; readonly path: readonly string[] }[];
  /** Of what is required: all its keys, and their values if somebody copies them. */
  readonly wholes: ReadonlyMap<string, 'keys' | 'values'>;
  /** Variables of the environment. */
  readonly variables: ReadonlySet<string>;
  /** Of the language: `Object.freeze`. */
  readonly globals: ReadonlySet<string>;
}

export class Looks implements Needs {
  readonly wholes = new Map<string, 'keys' | 'values'>();
  readonly variables = new Set<string>();
  readonly globals = new Set<string>();
  private readonly paths = new Map<string, { readonly request: string; readonly path: readonly string[] }>();

  get reads(): Needs['reads'] {
    return [...this.paths.values()];
  }

  read(request: string, path: readonly string[]): void {
    this.paths.set(JSON.stringify([request, ...path]), { request, path });
  }

  whole(request: string, what: 'keys' | 'values'): void {
    if (this.wholes.get(request) !== 'values') this.wholes.set(request, what);
  }
}

/** Of one module. */
export interface Looked {
  readonly file: string;
  /** Of the file: the app may write it before it asks for it. */
  readonly stamp: string;
  readonly seen: Seen[];
  readonly wholes: Whole[];
  readonly variables: Map<string, string | undefined>;
}

/** All that compilers write to export what may change: `() => name`, `function () { return name.key; }`. */
const simple =
  /^(?:(?:function\s*)?(?:get\s*)?[\w$]*\s*\(\s*\)\s*(?:=>)?\s*)(?:[\w$]+(?:\.[\w$]+|\[[\w$]+\])?|\{\s*(?:["']use strict["'];?)?\s*return\s+[\w$]+(?:\.[\w$]+|\[[\w$]+\])?;?\s*\})$/;

/** Undefined: it can't be said without running something. */
export function look(object: object, key: PropertyKey): Seen | undefined {
  for (let at: unknown = object; isObject(at); at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return undefined;
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found === undefined) continue;
    if (found.get === undefined) return { object, key, value: found.value as unknown };
    const { get } = found;
    if (!simple.test(Function.prototype.toString.call(get))) return undefined;
    try {
      return { object, key, value: Reflect.apply(get, object, []) as unknown };
    } catch {
      return undefined; // what is exported is not there yet
    }
  }
  return { object, key, value: undefined };
}

export function isAsSeen({ object, key, value }: Seen): boolean {
  const now = look(object, key);
  return now !== undefined && Object.is(now.value, value);
}

/** Along these keys. */
export function lookAlong(from: unknown, path: readonly string[]): readonly Seen[] | undefined {
  const all: Seen[] = [];
  let at = from;
  for (const key of path) {
    if (!isObject(at)) break; // what is there is known
    let seen = look(at, key === interop ? '__esModule' : key);
    if (seen === undefined) return undefined;
    all.push(seen);
    if (key === interop) {
      if (!seen.value) continue;
      seen = look(at, 'default');
      if (seen === undefined) return undefined;
      all.push(seen);
    }
    at = seen.value;
  }
  return all;
}

/** All of its own, by name. */
export interface Whole {
  readonly object: object;
  readonly keys: readonly PropertyKey[];
}

export function wholeOf(object: object): Whole | undefined {
  return types.isProxy(object) ? undefined : { object, keys: Reflect.ownKeys(object) };
}

export function hasTheSame({ object, keys }: Whole): boolean {
  const now = Reflect.ownKeys(object);
  return now.length === keys.length && now.every((key, i) => key === keys[i]);
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Another one once the file has another content. */
export function contentStamp(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : stampOf(found);
}

/** False if it can't be said what it has looked at. */
export function noteLooks(looked: Looked, needs: Needs, exportsOf: ReadonlyMap<string, unknown>): boolean {
  for (const { request, path } of needs.reads) {
    const seen = lookAlong(exportsOf.get(request), path);
    if (seen === undefined) return false;
    looked.seen.push(...seen);
  }
  for (const path of needs.globals) {
    const seen = lookAlong(globalThis, path.split('.'));
    if (seen === undefined) return false;
    looked.seen.push(...seen);
  }
  for (const [request, what] of needs.wholes) {
    const exports = exportsOf.get(request);
    if (!isObject(exports)) continue;
    const whole = wholeOf(exports);
    if (whole === undefined) return false;
    looked.wholes.push(whole);
    const seen = what === 'values' ? whole.keys.map((key) => look(exports, key)) : [];
    for (const one of seen) {
      if (one === undefined) return false;
      looked.seen.push(one);
    }
  }
  for (const name of needs.variables) looked.variables.set(name, process.env[name]);
  return true;
}

/** All that it has looked at is as it was. */
export function looksTheSame({ seen, wholes, variables }: Looked): boolean {
  return (
    seen.every(isAsSeen) &&
    wholes.every(hasTheSame) &&
    [...variables].every(([name, value]) => process.env[name] === value)
  );
}

export function isUnwritten({ file, stamp }: Looked): boolean {
  return contentStamp(file) === stamp;
}
