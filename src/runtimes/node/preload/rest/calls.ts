/** Which calls a module may make while it is evaluated, and what comes of them. */
import type { CallExpression, Expression, NewExpression } from 'acorn';
import type { Calls, Expressions } from './expressions.ts';
import {
  callers,
  classes,
  constructors,
  decorators,
  functions,
  methods,
  nameOf,
  ofPrimitives,
} from './harmless.ts';
import { keyOf } from './properties.ts';
import { made, placeOf, plain, unknown, waits } from './values.ts';
import type { Made, Scope, Taken, Value } from './values.ts';

/** Of the module, one in the other. */
const deepest = 8;

/** Evaluates a function of the module; in statements.ts. */
export type Run = (called: Made, args: readonly Value[]) => Value;

type Args = readonly Value[];

export class KnownCalls implements Calls {
  private readonly expressions: Expressions;
  private readonly run: Run;

  constructor(expressions: Expressions, run: Run) {
    this.expressions = expressions;
    this.run = run;
  }

  call(node: CallExpression | NewExpression, scope: Scope): Value {
    const { callee } = node;
    const given = node.arguments.map((one) => (one.type === 'SpreadElement' ? waits('...') : one));
    if (callee.type === 'Super') return waits('super');
    if (node.type === 'CallExpression') {
      if (callee.type === 'Identifier' && callee.name === 'require' && !scope.has('require'))
        return required(given);
      if (callee.type === 'MemberExpression') {
        const known = this.method(
          callee.object.type === 'Super' ? waits('super') : callee.object,
          node,
          scope,
        );
        if (known !== undefined) return known;
      }
    }
    const called = this.expressions.value(callee, scope);
    const args = given.map((one) => this.expressions.value(one, scope));
    if (node.type === 'NewExpression') return newOf(called, args);
    switch (called.kind) {
      case 'global':
        return this.global(called.path, args, given);
      case 'helper':
        return this.helper(called.name, args, given, scope);
      case 'taken':
        return takens(called, args);
      case 'decorator':
        return waits('decorates');
      case 'made':
        return this.runs(called, args);
      default:
        return waits('calls what it does not know');
    }
  }

  /** Of something that is not required: `text.split(',')`. Undefined: it is looked at as any other function. */
  private method(object: Expression, node: CallExpression, scope: Scope): Value | undefined {
    const { callee } = node;
    if (callee.type !== 'MemberExpression' || (object.type === 'Identifier' && !scope.has(object.name)))
      return undefined;
    if (object.type === 'MemberExpression' || object.type === 'Identifier') {
      const known = this.expressions.value(object, scope);
      if (known.kind !== 'plain' && known.kind !== 'made') return undefined;
    }
    const of = this.expressions.value(object, scope);
    const is = of.kind === 'plain' ? 'plain' : of.kind === 'made' ? of.is : undefined;
    if (is !== 'plain' && is !== 'array' && is !== 'collection') return undefined;
    const name = keyOf(callee);
    if (!methods[is].has(name)) return waits(`calls ${name}`);
    const args = node.arguments.map((one) =>
      one.type === 'SpreadElement' ? waits('...') : this.expressions.value(one, scope),
    );
    if (is === 'plain') {
      if (args.some(({ kind }) => kind !== 'plain')) waits(`calls ${name} with what it does not know`);
      return name === 'split' ? made('array') : plain;
    }
    if (is === 'array' && callers.has(name)) {
      const [what] = args;
      if (what?.kind !== 'made') return waits(`calls what it does not know`);
      // Once more: what it has changed is something else then.
      for (let i = 0; i < 2; i += 1) this.runs(what, [unknown, plain, of]);
      return /^(?:map|filter|flatMap)$/.test(name) ? made('array') : unknown;
    }
    return name === 'slice' || name === 'reverse' ? made('array') : unknown;
  }

  private runs(called: Made, args: Args): Value {
    const { expressions } = this;
    if (called.code === undefined || expressions.depth >= deepest) return waits('calls');
    expressions.depth += 1;
    const value = this.run(called, args);
    expressions.depth -= 1;
    return value;
  }

  private global(path: string, args: Args, given: readonly Expression[]): Value {
    const [target, ...others] = args;
    if (ofPrimitives.test(path)) {
      if (path !== 'Array.isArray' && path !== 'Object.is' && args.some(({ kind }) => kind !== 'plain'))
        waits(`calls ${path} with what it does not know`);
      return path === 'JSON.parse' ? made('other', true) : plain;
    }
    switch (path) {
      case 'Object.freeze':
      case 'Object.seal':
      case 'Object.preventExtensions':
        if (target?.kind !== 'made') return waits(`calls ${path}`);
        return target;
      case 'Object.defineProperty':
      case 'Object.defineProperties':
        if (target?.kind !== 'made') return waits(`calls ${path}`);
        if (others.some((one) => one.kind === 'taken' || one.kind === 'unknown')) waits(`calls ${path}`);
        if (given[1]?.type === 'Literal') target.accessors.add(String(given[1].value));
        else target.hasAccessors = true;
        return target;
      case 'Object.assign':
        if (target === undefined) return waits(`calls ${path}`);
        this.expressions.changes(target);
        for (const one of others) this.expressions.copies(one);
        return target;
      case 'Object.create':
        if (args.length !== 1 || target?.kind !== 'plain') waits(`calls ${path}`);
        return made('object');
      case 'Object.keys':
      case 'Object.values':
      case 'Object.entries':
        this.expressions.copies(target ?? plain);
        return made('array');
      default:
        return waits(`calls ${path}`);
    }
  }

  /** https://esbuild.github.io, https://swc.rs and TypeScript's `tslib` have these. */
  private helper(name: string, args: Args, given: readonly Expression[], scope: Scope): Value {
    const [first = plain, second = plain] = args;
    const { looks } = this.expressions;
    switch (name.replace(/^_interopRequire/, '_interop_require_').toLowerCase()) {
      case '__importdefault':
      case '_interop_require_default':
        return this.asEsModule(first);
      case '__importstar':
      case '_interop_require_wildcard':
      case '__toesm': {
        if (first.kind === 'taken') looks.whole(first.request, 'keys');
        const value = this.asEsModule(first);
        return value.kind === 'taken' && given.length > 1 ? { ...value, default: 'itself' } : value;
      }
      case '__exportstar':
      case '_export_star':
      case '__reexport': {
        const [from, to] = name === '__reExport' ? [second, first] : [first, second];
        if (from.kind !== 'taken' || from.path.length > 0 || to.kind !== 'made') return waits(name);
        looks.whole(from.request, 'keys');
        to.hasAccessors = true;
        return to;
      }
      case '__export':
      case '_export':
        if (first.kind !== 'made' || second.kind !== 'made') return waits(name);
        first.hasAccessors = true;
        return plain;
      case '__tocommonjs':
        if (first.kind !== 'made') return waits(name);
        return made('object', true);
      case '__name':
        return first;
      case '__publicfield':
      case '_define_property':
        this.expressions.changes(first);
        return first;
      case '__decorate':
      case '_ts_decorate':
        return this.decorated(given, args, scope);
      case '__param':
      case '_ts_param':
        if (second.kind !== 'decorator') waits('decorates');
        return { kind: 'decorator' };
      case '__metadata':
      case '_ts_metadata':
        return { kind: 'decorator' };
      default:
        return waits(`calls ${name}`);
    }
  }

  private asEsModule(value: Value): Value {
    if (value.kind !== 'taken' || value.path.length > 0)
      return waits('makes an ES module of what it does not know');
    this.expressions.looks.read(value.request, ['__esModule']);
    return { ...value, default: 'interop' };
  }

  /** `[these, decorators], of this`, which the module has made. Each of them is called with it. */
  private decorated([list]: readonly Expression[], [, target]: Args, scope: Scope): Value {
    if (list?.type !== 'ArrayExpression') return waits('decorates');
    if (target?.kind !== 'made') return waits('decorates what is not its own');
    for (const one of list.elements) {
      if (one === null || one.type === 'SpreadElement') return waits('decorates');
      const decorator = this.expressions.value(one, scope);
      if (decorator.kind === 'made') this.runs(decorator, [target, plain, unknown]);
      else if (decorator.kind !== 'decorator') waits('decorates with what it does not know');
    }
    return target;
  }
}

function required([what]: readonly Expression[]): Value {
  if (what?.type !== 'Literal' || typeof what.value !== 'string') return waits('requires what is not named');
  return { kind: 'taken', request: what.value, path: [] };
}

function takens(called: Taken, args: Args): Value {
  const name = nameOf(called.request);
  const place = placeOf(called);
  if (Object.hasOwn(decorators, name) && decorators[name]?.test(place) === true) return { kind: 'decorator' };
  if (!Object.hasOwn(functions, name) || functions[name]?.test(place) !== true) waits(`calls ${name}`);
  if (name === 'util') return made('other', true);
  if (args.some(({ kind }) => kind !== 'plain')) waits(`calls ${name} with what it does not know`);
  return plain;
}

function newOf(called: Value, args: Args): Value {
  if (called.kind === 'global' && constructors.has(called.path)) {
    if (args.some(({ kind }) => kind !== 'plain' && kind !== 'made'))
      waits(`makes a ${called.path} of what it does not know`);
    return made(called.path === 'Array' ? 'array' : called.path === 'Object' ? 'other' : 'collection');
  }
  if (called.kind === 'taken') {
    const name = nameOf(called.request);
    if (args.length === 0 && Object.hasOwn(classes, name) && classes[name]?.test(placeOf(called)) === true)
      return made('other', true);
  }
  return waits('makes what it does not know');
}
