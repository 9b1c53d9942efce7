/** What is known of a value while a module is read without being run: whose it is, and so whether it may be changed. */
import type { ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'acorn';

export type AnyFunction = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export type Value =
  /** A primitive. */
  | { readonly kind: 'plain' }
  /** The module's own, made while it is evaluated: nobody else has it yet. */
  | Made
  /** What another module exports, or something in it. */
  | Taken
  /** Of the language: `Object.freeze`. */
  | { readonly kind: 'global'; readonly path: string }
  /** A function that compilers write into each module. */
  | { readonly kind: 'helper'; readonly name: string }
  /** What a decorator's factory gave that keeps what it is told with the class that it decorates. */
  | { readonly kind: 'decorator' }
  | { readonly kind: 'unknown' };

export interface Made {
  readonly kind: 'made';
  readonly is: 'object' | 'array' | 'collection' | 'function' | 'other';
  /** To get or set a property of it may run a function. */
  hasAccessors: boolean;
  /** Of which that is known. */
  readonly accessors: Set<string>;
  readonly code?: AnyFunction;
  readonly scope?: Scope;
}

export interface Taken {
  readonly kind: 'taken';
  /** What was required. */
  readonly request: string;
  /** Keys, from the module's exports on; `interop` is one of them. */
  readonly path: readonly string[];
  /** What its `default` is, where a compiler's helper has made an ES module of it. */
  readonly default?: 'interop' | 'itself';
}

/** In a path: `default` of an ES module, and what is there itself of any other. */
export const interop = '\0default';

/** `join`, of what is also `default.join`. */
export function placeOf({ path }: Taken): string {
  return path.filter((key) => key !== interop && key !== 'default').join('.');
}

export const plain: Value = { kind: 'plain' };
export const unknown: Value = { kind: 'unknown' };

export function made(is: Made['is'], hasAccessors = false): Made {
  return { kind: 'made', is, hasAccessors, accessors: new Set() };
}

/** Where it may be either. */
export function either(one: Value | undefined, other: Value): Value {
  if (one === undefined || one === other) return other;
  return one.kind === 'plain' && other.kind === 'plain' ? plain : unknown;
}

/** Names and what they stand for; undefined: declared, and nothing was assigned yet. */
export class Scope {
  private readonly names = new Map<string, Value | undefined>();
  private readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  declare(name: string): void {
    if (!this.names.has(name)) this.names.set(name, undefined);
  }

  /** Nothing is known any more of what was something else before. */
  assign(name: string, value: Value): boolean {
    if (!this.names.has(name)) return this.outer?.assign(name, value) ?? false;
    this.names.set(name, either(this.names.get(name), value));
    return true;
  }

  has(name: string): boolean {
    return this.names.has(name) || this.outer?.has(name) === true;
  }

  get(name: string): Value | undefined {
    return this.names.has(name) ? this.names.get(name) : this.outer?.get(name);
  }
}

/** The module does something, or what it does is not understood: it has to wait. */
export class Waits extends Error {}

export function waits(why: string): never {
  throw new Waits(why);
}
