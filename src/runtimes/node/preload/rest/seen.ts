/** What was found in an object's properties: to be looked at again. Nothing is run for it that could do something. */
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
