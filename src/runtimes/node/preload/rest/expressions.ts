/** Evaluates expressions of a module without running it: what each is, what it looks at, and whether it does more. */
import type {
  AssignmentExpression,
  CallExpression,
  Class,
  Expression,
  Identifier,
  MemberExpression,
  NewExpression,
  ObjectExpression,
  Pattern,
  PrivateIdentifier,
  SpreadElement,
  Super,
} from 'acorn';
import { globals } from './harmless.ts';
import { isEnvironment, keyOf, Properties } from './properties.ts';
import { either, made, plain, waits } from './values.ts';
import type { AnyFunction, Scope, Value } from './values.ts';

/** What a call is, in calls.ts. */
export interface Calls {
  call(node: CallExpression | NewExpression, scope: Scope): Value;
}

export class Expressions extends Properties {
  /** What `module.exports` is; undefined: what it was at first. */
  exported: Value | undefined;
  calls: Calls | undefined;
  /** Functions of the module that are being called. */
  depth = 0;

  value(node: Expression | Super | PrivateIdentifier, scope: Scope): Value {
    switch (node.type) {
      case 'Literal':
        return node.regex === undefined ? plain : made('other');
      case 'TemplateLiteral':
        for (const one of node.expressions) this.primitive(one, scope);
        return plain;
      case 'Identifier':
        return this.named(node, scope);
      case 'ThisExpression':
        return this.depth === 0 ? this.exports : waits('this');
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return functionOf(node, scope);
      case 'ClassExpression':
        return this.classOf(node, scope);
      case 'ObjectExpression':
        return this.object(node, scope);
      case 'ArrayExpression':
        for (const one of node.elements) {
          if (one?.type === 'SpreadElement') this.spreadArray(one, scope);
          else if (one !== null) this.value(one, scope);
        }
        return made('array');
      case 'UnaryExpression':
        return this.unary(node.operator, node.argument, scope);
      case 'BinaryExpression':
        if (/^[!=]==$/.test(node.operator)) {
          this.value(node.left, scope);
          this.value(node.right, scope);
        } else {
          this.primitive(node.left, scope);
          this.primitive(node.right, scope);
        }
        return plain;
      case 'LogicalExpression':
        return either(this.value(node.left, scope), this.value(node.right, scope));
      case 'ConditionalExpression':
        this.value(node.test, scope);
        return either(this.value(node.consequent, scope), this.value(node.alternate, scope));
      case 'SequenceExpression':
        return node.expressions.reduce<Value>((_, one) => this.value(one, scope), plain);
      case 'AssignmentExpression':
        return this.assignment(node, scope);
      case 'UpdateExpression':
        this.primitive(node.argument, scope);
        if (node.argument.type !== 'Identifier') waits('changes what is not its own');
        return plain;
      case 'MemberExpression':
        return this.member(node, scope);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.value(node.expression, scope);
      case 'CallExpression':
      case 'NewExpression':
        return this.calls?.call(node, scope) ?? waits('calls');
      default:
        return waits(node.type);
    }
  }

  primitive(node: Expression | PrivateIdentifier, scope: Scope): void {
    if (this.value(node, scope).kind !== 'plain') waits('makes a text or a number of what it does not know');
  }

  classOf(node: Class, scope: Scope): Value {
    const { superClass, body } = node;
    if (superClass !== null && superClass !== undefined) this.value(superClass, scope);
    const value = made('function', superClass !== null && superClass !== undefined);
    for (const one of body.body) {
      if (one.type === 'StaticBlock') return waits('static');
      if (one.computed) this.primitive(one.key, scope);
      if (one.type === 'MethodDefinition' && (one.kind === 'get' || one.kind === 'set'))
        value.hasAccessors = true;
      const { static: isStatic } = one;
      if (one.type !== 'PropertyDefinition' || !isStatic || one.value === null || one.value === undefined)
        continue;
      if (mentionsThis(one.value)) waits('static this');
      this.value(one.value, scope);
    }
    return value;
  }

  /** What a pattern takes from `from` gets its names. */
  bind(pattern: Pattern, from: Value, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier':
        scope.assign(pattern.name, from);
        return;
      case 'AssignmentPattern':
        this.bind(pattern.left, either(from, this.value(pattern.right, scope)), scope);
        return;
      case 'ObjectPattern':
        for (const one of pattern.properties) {
          if (one.type === 'RestElement') {
            this.copies(from);
            this.bind(one.argument, made('object'), scope);
          } else {
            const { key, computed } = one;
            if (computed || key.type !== 'Identifier') return waits('takes what is not named');
            this.bind(one.value, this.property(from, key.name), scope);
          }
        }
        return;
      default:
        return waits(pattern.type);
    }
  }

  private member(node: MemberExpression, scope: Scope): Value {
    const { object } = node;
    if (object.type === 'Identifier' && !scope.has(object.name)) {
      if (object.name === 'module' && keyOf(node) === 'exports') return this.exported ?? this.exports;
      if (object.name === 'process' && /^(?:platform|arch|version)$/.test(keyOf(node))) return plain;
    }
    if (isEnvironment(object, scope)) {
      this.looks.variables.add(keyOf(node));
      return plain;
    }
    const of = this.value(object, scope);
    return this.property(of, keyOf(node));
  }

  private named({ name }: Identifier, scope: Scope): Value {
    if (scope.has(name)) return scope.get(name) ?? plain;
    if (name === '__filename' || name === '__dirname') return plain;
    if (name === 'exports') return this.exports;
    if (name === 'undefined' || name === 'NaN' || name === 'Infinity') return plain;
    if (!globals.has(name)) return waits(`looks at ${name}`);
    this.looks.globals.add(name);
    return { kind: 'global', path: name };
  }

  private object(node: ObjectExpression, scope: Scope): Value {
    const value = made('object');
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') {
        this.copies(this.value(one.argument, scope));
        continue;
      }
      if (one.computed) this.primitive(one.key, scope);
      else if (one.key.type === 'Identifier' && one.key.name === '__proto__') waits('inherits');
      if (one.kind === 'init') this.value(one.value, scope);
      else value.hasAccessors = true;
    }
    return value;
  }

  private spreadArray({ argument }: SpreadElement, scope: Scope): void {
    const value = this.value(argument, scope);
    if (value.kind !== 'made' || value.is !== 'array') waits('goes through what it does not know');
  }

  private unary(operator: string, argument: Expression, scope: Scope): Value {
    if (operator === 'delete') waits('delete');
    if (operator === '!' || operator === 'typeof' || operator === 'void') this.value(argument, scope);
    else this.primitive(argument, scope);
    return plain;
  }

  private assignment({ left, operator, right }: AssignmentExpression, scope: Scope): Value {
    const value = this.value(right, scope);
    if (operator !== '=') {
      if (left.type !== 'Identifier' || !/^[-+*/%&|^]=$/.test(operator)) waits(operator);
      this.primitive(left, scope);
      if (value.kind !== 'plain') waits(operator);
    }
    if (left.type === 'Identifier') {
      if (left.name === 'exports' && !scope.has('exports')) {
        // What it is from here on is what it is assigned to besides, as a rule.
        if (value.kind !== 'made') waits('exports');
        return value;
      }
      if (!scope.assign(left.name, value)) waits(`sets ${left.name}`);
      return value;
    }
    if (left.type !== 'MemberExpression') return waits(left.type);
    const { object } = left;
    if (object.type === 'Identifier' && object.name === 'module' && !scope.has('module')) {
      if (keyOf(left) !== 'exports') waits('changes its module');
      this.exported = either(this.exported, value);
      return value;
    }
    if (left.computed) this.primitive(left.property, scope);
    const isNamed = !left.computed || left.property.type === 'Literal';
    this.changes(this.ownerOf(object, scope), isNamed ? keyOf(left) : undefined);
    return value;
  }

  /** `Some.prototype` of a function of its own is its own, too. */
  private ownerOf(node: Expression | Super, scope: Scope): Value {
    if (node.type === 'MemberExpression' && !node.computed && keyOf(node) === 'prototype') {
      const of = this.value(node.object, scope);
      if (of.kind === 'made' && of.is === 'function') return of;
    }
    return this.value(node, scope);
  }
}

export function functionOf(code: AnyFunction, scope: Scope): Value {
  return { ...made('function'), code, scope };
}

function mentionsThis(node: Expression): boolean {
  return JSON.stringify(node, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).includes('"ThisExpression"');
}
