/** What the properties of an object are now, without making anything that is only made when it is looked at. */
import { isLoaded } from '../engine/bindings.ts';

export interface Owner {
  /** Empty: of the global object. */
  readonly name: string;
  /** Few, and what packages replace as a rule: looked at after every module, not only after those of the plan. */
  readonly core: boolean;
  readonly object: object;
  /** For what a module exports. */
  readonly functionsOnly: boolean;
  keys: readonly PropertyKey[];
  /** Of each key the value, or its getter, where there is one. */
  values: readonly unknown[];
  /** Indices in `keys` of those that are no getters. */
  plain: readonly number[];
  /** Of all keys, those that do not count, too. */
  count: number;
}

/**
 * Node's own bookkeeping; `chdir` is replaced by Node itself once somebody asks for threads, and
 * `allowedNodeEnvironmentFlags` by what it gets, which is another object each time.
 */
const ignored: ReadonlySet<PropertyKey> = new Set(
  '_events _eventsCount _maxListeners env chdir allowedNodeEnvironmentFlags'.split(' '),
);

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
export const unmade = Symbol('not made yet');

export function stateOf(
  owner: Pick<Owner, 'name' | 'object' | 'functionsOnly'>,
): Pick<Owner, 'keys' | 'values' | 'plain' | 'count'> {
  const keys = keysOf(owner);
  const values = keys.map((key) => valueOf(owner, key));
  const plain = keys.flatMap((key, i) => (isPlain(owner.object, key, values[i]) ? [i] : []));
  return { keys, values, plain, count: Reflect.ownKeys(owner.object).length };
}

/** To get it is to look at it, and no more. */
function isPlain(object: object, key: PropertyKey, value: unknown): boolean {
  return value !== unmade && Object.getOwnPropertyDescriptor(object, key)?.get === undefined;
}

/** Told by what costs hardly anything: getters that others have taken the place of are missed. */
export function seemsUnchanged({ object, keys, values, plain, count }: Owner): boolean {
  const now = object as Record<PropertyKey, unknown>;
  for (const i of plain) if (now[keys[i] ?? ''] !== values[i]) return false;
  return Reflect.ownKeys(object).length === count;
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
export function isUnchanged(owner: Owner): boolean {
  const { keys, values } = owner;
  const now = keysOf(owner);
  return (
    now.length === keys.length &&
    now.every((key, i) => key === keys[i] && Object.is(valueOf(owner, key), values[i]))
  );
}

export function valueOf({ name, object }: Pick<Owner, 'name' | 'object'>, key: PropertyKey): unknown {
  const module = maker.get(key);
  if (module !== undefined && (name === '' || name === 'util') && !isLoaded(module)) return unmade;
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor?.get !== undefined) return getterOf(descriptor.get);
  return descriptor?.value;
}

/** Tells a getter from a function as a value. One for each. */
export class Getter {
  constructor(readonly get: () => unknown) {}
}
const getters = new WeakMap<() => unknown, Getter>();

function getterOf(get: () => unknown): Getter {
  const known = getters.get(get) ?? new Getter(get);
  getters.set(get, known);
  return known;
}

/** A getter may turn into what it gets when it is first used: Node's do, and those of packages. */
export function isSame(
  { object, functionsOnly }: Owner,
  key: PropertyKey,
  before: unknown,
  now: unknown,
): boolean {
  if (Object.is(before, now) || before === unmade) return true;
  if (!(before instanceof Getter) || now instanceof Getter) return false;
  if (functionsOnly) return true;
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  const gotten: unknown = before.get.call(object);
  if (descriptor !== undefined) Object.defineProperty(object, key, descriptor); // it may have overwritten it
  return Object.is(gotten, now);
}
