/**
 * Replaces methods of Node's own classes when Node defines them. To load `net` or `child_process` for that at the
 * start of every process would cost those that have no use for them more than all else that the preload does.
 *
 * When such a module is evaluated it takes something from its binding, and until its end nobody else runs: an
 * assignment to a prototype then finds an accessor in `EventEmitter.prototype`, which it inherits from. A Node of which
 * that has not been seen loads the module at once.
 */
import { EventEmitter } from 'node:events';
import { bindingOf, isLoaded } from './bindings.ts';

interface Place<T> {
  /** The module that defines the class. */
  readonly builtin: string;
  readonly binding: string;
  /** By the module, from the binding, before it defines the class. */
  readonly taken: string;
  readonly method: string;
  /** Loads the module. */
  load(): { prototype: Record<string, T> };
}

/** Major version → its last minor version that is known to do so, as all before it. */
const known: Readonly<Record<string, number>> = { 20: 20, 22: 23, 24: 22, 26: 12 };

/** `replace` gets the original, once. Returns what gives the original back, unless somebody has replaced ours. */
export function patchOnLoad<T>(place: Place<T>, replace: (original: T) => T): () => void {
  const { method } = place;
  let giveBack = (): void => undefined;
  const replaceIn = (prototype: Record<string, T>, original: T): void => {
    const own = replace(original);
    prototype[method] = own;
    giveBack = () => {
      if (prototype[method] === own) prototype[method] = original;
    };
  };
  const binding = isKnown(process.versions.node) ? bindingOf(place.binding) : undefined;
  const taken = binding?.[place.taken];
  if (binding === undefined || taken === undefined || isLoaded(place.builtin)) {
    const { prototype } = place.load();
    replaceIn(prototype, prototype[method] as T);
  } else {
    Object.defineProperty(binding, place.taken, {
      configurable: true,
      enumerable: true,
      get: () => {
        const asBefore = { value: taken, configurable: true, enumerable: true, writable: true };
        Object.defineProperty(binding, place.taken, asBefore);
        meet(method, replaceIn);
        return taken;
      },
    });
  }
  return () => {
    giveBack();
  };
}

function isKnown(version: string): boolean {
  const [major = '', minor] = version.split('.');
  return Number(minor) <= (known[major] ?? -1);
}

function meet<T>(method: string, replaceIn: (prototype: Record<string, T>, original: T) => void): void {
  Object.defineProperty(EventEmitter.prototype, method, {
    configurable: true,
    set(this: Record<string, T>, original: T) {
      Reflect.deleteProperty(EventEmitter.prototype, method);
      replaceIn(this, original);
    },
  });
}
