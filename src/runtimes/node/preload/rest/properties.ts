/** What may be looked at and changed in a value, while a module is read without being run. */
import type { Expression, MemberExpression, Super } from 'acorn';
import type { Looks } from './seen.ts';
import { interop, made, plain, unknown, waits } from './values.ts';
import type { Scope, Value } from './values.ts';

export class Properties {
  readonly looks: Looks;
  /** What `exports` is, and `module.exports` at first. */
  readonly exports = made('object');

  constructor(looks: Looks) {
    this.looks = looks;
  }

  /** Changes the object, which is to be the module's own. */
  changes(value: Value, key?: string): void {
    const isOwn = value.kind === 'made' && !value.hasAccessors;
    if (!isOwn || (key === undefined ? value.accessors.size > 0 : value.accessors.has(key)))
      waits('changes what is not its own');
  }

  /** Of an object that is not known to be an array, as `...` and `Object.assign` do. */
  copies(value: Value): void {
    if (value.kind === 'taken' && value.path.length === 0) this.looks.whole(value.request, 'values');
    else if (
      value.kind !== 'plain' &&
      (value.kind !== 'made' || value.hasAccessors || value.accessors.size > 0)
    )
      waits('copies what it does not know');
  }

  property(of: Value, key: string): Value {
    switch (of.kind) {
      case 'plain':
        return key === 'length' ? plain : unknown;
      case 'made':
        if (of.hasAccessors || of.accessors.has(key)) return waits('looks at what may run a function');
        return of.is === 'array' && key === 'length' ? plain : unknown;
      case 'taken': {
        const { request, path: before } = of;
        if (key === 'default' && of.default === 'itself') return { kind: 'taken', request, path: before };
        const path = [...before, key === 'default' && of.default === 'interop' ? interop : key];
        this.looks.read(request, path);
        return { kind: 'taken', request, path };
      }
      case 'global': {
        const path = `${of.path}.${key}`;
        this.looks.globals.add(path);
        return /^(?:Math|Number)\.[A-Z_0-9]+$|^Symbol\.\w+$/.test(path) && path !== 'Symbol.for'
          ? plain
          : { kind: 'global', path };
      }
      default:
        return waits(`looks for ${key} in what it does not know`);
    }
  }
}

/** `process.env` */
export function isEnvironment(node: Expression | Super, scope: Scope): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return false;
  const { name } = node.object;
  return (
    name === 'process' &&
    !scope.has(name) &&
    node.property.type === 'Identifier' &&
    node.property.name === 'env'
  );
}

/** The name of a property, if it is written there. */
export function keyOf(node: MemberExpression): string {
  const { property, computed } = node;
  if (!computed && property.type === 'Identifier') return property.name;
  if (property.type === 'Literal' && typeof property.value === 'string') return property.value;
  return waits('looks for what is not named');
}
