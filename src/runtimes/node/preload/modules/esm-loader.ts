/**
 * Node 20 has hooks for ES modules in a thread alone, which takes as long to start as a small server, and makes the boot
 * of an app of 2,000 modules half as long again, or twice. What loads them there without hooks is a class of Node's own,
 * and who calls `module.register` has it in scope: V8's inspector says what a function has in scope
 * (https://chromedevtools.github.io/devtools-protocol/v8/Runtime/, `[[Scopes]]`). That takes some 6 ms.
 */
import Module from 'node:module';
import { bindingOf } from '../engine/bindings.ts';

type Resolve = (specifier: unknown, parentURL: string | undefined, ...others: unknown[]) => unknown;
type Register = (...args: unknown[]) => unknown;

/** What the one loader of this thread inherits. */
export interface EsmLoader {
  /** A promise only where hooks in a thread are asked. */
  resolve: Resolve;
  resolveSync: Resolve;
  register: Register;
}

interface Remote {
  readonly objectId?: string;
}
interface Property {
  readonly name: string;
  readonly value?: Remote;
}
interface Answer {
  readonly result?: unknown;
}
interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
}
interface Connection {
  dispatch(message: string): void;
  disconnect(): void;
}
type Connect = new (received: (message: string) => void) => Connection;

/** Undefined if it is not what it is known to be, or there is no inspector. */
export function esmLoader(): EsmLoader | undefined {
  try {
    const loader = classInScopeOf((Module as { register?: Register }).register, 'ModuleLoader');
    const { prototype } = loader as { readonly prototype?: Partial<EsmLoader> };
    const { resolve, resolveSync, register } = prototype ?? {};
    const isKnown = resolve?.length === 3 && resolveSync?.length === 2 && register !== undefined;
    return isKnown ? (prototype as EsmLoader) : undefined;
  } catch {
    return undefined;
  }
}

function classInScopeOf(callee: unknown, name: string): unknown {
  const { Connection } = bindingOf('inspector') as { Connection: Connect };
  const meeting = Symbol.for('hot-swap.scope');
  const met = `globalThis[Symbol.for('${String(meeting.description)}')]`;
  let answer: Answer = {};
  const connection = new Connection((message) => (answer = JSON.parse(message) as Answer));
  const ask = (method: string, params: object): unknown => {
    answer = {};
    connection.dispatch(JSON.stringify({ id: 1, method: `Runtime.${method}`, params }));
    return answer.result;
  };
  const propertiesOf = (of: Remote | undefined): Properties =>
    ask('getProperties', { objectId: of?.objectId, ownProperties: true }) as Properties;
  const named = (all: readonly Property[] | undefined, one: string): Remote | undefined =>
    all?.find((property) => property.name === one)?.value;
  try {
    const shared = { given: callee, found: undefined as unknown };
    Object.defineProperty(globalThis, meeting, { configurable: true, value: shared });
    const { result: start } = ask('evaluate', { expression: `${met}.given` }) as { readonly result: Remote };
    const scopes = propertiesOf(named(propertiesOf(start).internalProperties, '[[Scopes]]'));
    const found = named(propertiesOf(named(scopes.result, '0')).result, name);
    ask('callFunctionOn', {
      objectId: found?.objectId,
      functionDeclaration: `function () { ${met}.found = this; }`,
    });
    return shared.found;
  } finally {
    Reflect.deleteProperty(globalThis, meeting);
    connection.disconnect();
  }
}

export interface EsmLoaderEvents {
  resolved(from: string | undefined, url: string): void;
  failed(error: unknown): void;
  /** Somebody is about to register hooks: from here on nothing is told any more. */
  hooked(): void;
}

export function watchEsmLoader(loader: EsmLoader, events: EsmLoaderEvents): void {
  const { resolve, resolveSync, register } = loader; // a class shows none of its methods to who lists them
  const originals = { resolve, resolveSync, register };
  const watch = (name: 'resolve' | 'resolveSync'): void => {
    const original = originals[name];
    loader[name] = function (this: unknown, ...args) {
      let result: unknown;
      try {
        result = Reflect.apply(original, this, args);
      } catch (error) {
        hideFrom(error);
        events.failed(error);
        throw error;
      }
      const { url } = result as { readonly url?: unknown };
      if (typeof url === 'string') events.resolved(args[1], url);
      return result;
    };
  };
  watch('resolve');
  watch('resolveSync');
  loader.register = function (this: unknown, ...args) {
    Object.assign(loader, originals);
    events.hooked();
    return Reflect.apply(originals.register, this, args);
  };
}

/** Of its stack, the line that is ours. */
export function hideFrom(error: unknown): void {
  if (!(error instanceof Error) || error.stack === undefined) return;
  error.stack = error.stack
    .split('\n')
    .filter((line) => !line.includes(__filename))
    .join('\n');
}
