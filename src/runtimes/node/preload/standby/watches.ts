/** The ways in which a module can do work while it loads. Each watch returns what ends it. */
import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import { dirname, relative, resolve, sep } from '../engine/paths.ts';
import { isDependency } from '../../dependency.ts';
import { trace } from '../engine/stack.ts';

/** Of whatever is loading now. */
export type Blame = (does: string) => void;
/** Runners are loaded before the app in any case, and what they change is how the app's own files are read. */
export const runner = /[\\/]node_modules[\\/](?:tsx|ts-node)[\\/]/;

type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Asynchronous resources that outlive the loading of a module: async_hooks, "type". */
const work: Readonly<Record<string, string>> = {
  Timeout: 'starts a timer',
  Immediate: 'starts a timer',
  TCPWRAP: 'opens a connection',
  TCPSERVERWRAP: 'listens',
  PIPEWRAP: 'opens a pipe',
  PIPESERVERWRAP: 'listens',
  UDPWRAP: 'opens a socket',
  PROCESSWRAP: 'starts a process',
  SIGNALWRAP: 'listens for a signal',
  FSEVENTWRAP: 'watches files',
  STATWATCHER: 'watches files',
  GETADDRINFOREQWRAP: 'looks up a host',
  QUERYWRAP: 'looks up a host',
  WORKER: 'starts a thread',
};
const timers: ReadonlySet<string> = new Set(['Timeout', 'Immediate']);
const ours = dirname(__filename);
/** Node's own loader has these, too. */
const later: ReadonlySet<string> = new Set(['TickObject', 'Microtask']);

export function watchResources(blame: Blame): () => void {
  const hook = createHook({
    init: (_id, type) => {
      const does = work[type];
      if (does !== undefined && !(timers.has(type) && isAskedByUs())) blame(does);
      else if (later.has(type) && isAskedByModule()) blame('puts off work');
    },
  });
  hook.enable();
  const hooks = Object.getPrototypeOf(hook) as Functions;
  const end = replace(hooks, 'enable', () => blame('watches asynchronous work'));
  return () => {
    end();
    hook.disable();
  };
}

/** `holds` a warning until somebody asks for the module that gives it, if it can: then it is given. */
export function watchProcess(blame: Blame, holds: (warn: () => void) => boolean): () => void {
  const heard = (name: string | symbol): void => {
    if (name !== 'newListener') blame(`listens for process events (${String(name)})`);
  };
  process.on('newListener', heard);
  const ends = [
    replaceBy(process as unknown as Functions, 'emitWarning', (warn) => {
      if (!holds(warn)) warn();
    }),
    replace(process as unknown as Functions, 'chdir', () => blame('changes the working directory')),
  ];
  return () => {
    for (const end of ends) end();
    process.off('newListener', heard);
  };
}

/**
 * Only where the app changes any: whoever keeps `process.env` keeps this stand-in, which answers the same. To
 * list the names of all is no offence (`debug` looks for its own); the list is as the app would leave it.
 */
export function watchVariables(names: readonly string[], blame: Blame): () => void {
  const variables = new Set(names);
  if (variables.size === 0) return () => undefined;
  const { env } = process;
  let watching = true;
  const note = (name: string | symbol): void => {
    if (watching && typeof name === 'string' && variables.has(name)) blame(`reads ${name}`);
  };
  const noteChange = (name: string | symbol): void => {
    if (watching) blame(`changes ${String(name)}`);
  };
  process.env = new Proxy(env, {
    get: (target, name) => {
      note(name);
      return Reflect.get(target, name) as unknown;
    },
    // Without the receiver: Node lets nobody define what only its environment itself may set.
    set: (target, name, value) => {
      if (typeof name === 'string' && target[name] !== String(value)) noteChange(name);
      return Reflect.set(target, name, value);
    },
    deleteProperty: (target, name) => {
      if (name in target) noteChange(name);
      return Reflect.deleteProperty(target, name);
    },
    has: (target, name) => {
      note(name);
      return Reflect.has(target, name);
    },
    ownKeys: (target) =>
      watching ? [...new Set([...Reflect.ownKeys(target), ...variables])] : Reflect.ownKeys(target),
    getOwnPropertyDescriptor: (target, name) => {
      const found = Reflect.getOwnPropertyDescriptor(target, name);
      if (found !== undefined || !watching || typeof name !== 'string' || !variables.has(name)) return found;
      return { value: '', configurable: true, enumerable: true, writable: true };
    },
  });
  return () => {
    watching = false;
    process.env = env;
  };
}

/** What the system and Node are made of, and tsx's cache: not what a save changes. */
const system = /^\/(?:proc|sys|dev|run|usr|etc|lib\d*|bin|sbin)\/|[\\/]tsx-\d+[\\/]/;
const readers = ['readFileSync', 'openSync', 'readFile', 'open', 'readdirSync', 'readdir'];
const askers = ['existsSync', 'exists', 'statSync', 'stat', 'lstatSync', 'lstat', 'accessSync', 'access'];

/** `consumed`: files whose change throws the standby away, whoever has read them. */
export function watchFiles(consumed: ReadonlySet<string>, blame: Blame): () => void {
  const note = (file: unknown): void => {
    const given = typeof file === 'string' ? file : file instanceof URL ? file.pathname : undefined;
    if (given === undefined) return;
    const place = resolve(given);
    // In any case: to ask for a name in capitals is to ask how the file system takes it.
    if (isDependency(`${place.toLowerCase()}${sep}`) || system.test(place)) return;
    if (consumed.has(place) || place.startsWith(dirname(process.execPath))) return;
    blame(`reads ${relative(process.cwd(), place) || 'its folder'}`);
  };
  const ends = [...readers, ...askers].flatMap((name) => [
    replace(fs as unknown as Functions, name, note),
    replace(fs.promises as unknown as Functions, name, note),
  ]);
  const print = (fd: unknown): void => {
    if (fd === 1 || fd === 2) blame('prints');
  };
  ends.push(replace(fs as unknown as Functions, 'writeSync', print));
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Who looks for something on `Reflect` that is not there, as compiled decorators do, would find it after
 * `reflect-metadata`. `missed`: told its name.
 */
export function watchReflect(missed: (name: string) => void): () => void {
  const note = (target: object, name: string | symbol): void => {
    if (typeof name === 'string' && !(name in target)) missed(name);
  };
  const noting = new Proxy(Object.prototype, {
    get: (target, name) => {
      note(target, name);
      return Reflect.get(target, name) as unknown;
    },
    has: (target, name) => {
      note(target, name);
      return Reflect.has(target, name);
    },
  });
  Object.setPrototypeOf(Reflect, noting);
  return () => void Object.setPrototypeOf(Reflect, Object.prototype);
}

/** Before each call of a function. Packages may keep what they find, so it costs next to nothing afterwards. */
function replace(functions: Functions, name: string, note: (...args: unknown[]) => void): () => void {
  return replaceBy(functions, name, (call, args) => {
    note(...args);
    return call();
  });
}

/** `instead` is given the call as it would be. */
function replaceBy(
  functions: Functions,
  name: string,
  instead: (call: () => unknown, args: unknown[]) => unknown,
): () => void {
  const original = functions[name];
  if (original === undefined) return () => undefined;
  const descriptor = Object.getOwnPropertyDescriptor(functions, name);
  let watching = true;
  const noting = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(original, this, args);
    return watching ? instead(call, args) : call();
  };
  functions[name] = Object.defineProperties(noting, Object.getOwnPropertyDescriptors(original));
  return () => {
    watching = false;
    if (functions[name] !== noting) return; // somebody came after us
    if (descriptor === undefined) Reflect.deleteProperty(functions, name);
    else Object.defineProperty(functions, name, descriptor);
  };
}

/** And not by Node for itself, as when it loads a part of its own. */
function isAskedByModule(): boolean {
  const frames = trace().split('\n');
  const asked = frames.findLastIndex((frame) => /\b(?:nextTick|queueMicrotask) \(node:/.test(frame));
  return isOfModule(frames[asked + 1]);
}

/** To note what is read, say: Node has called us, and nobody has asked us to. */
function isAskedByUs(): boolean {
  const frames = trace().split('\n');
  const asked = frames.findLastIndex((frame) => /\b(?:setTimeout|setImmediate) \(node:/.test(frame));
  return frames[asked + 1]?.includes(ours) === true;
}

/** And nobody between it and us. */
export function isCalledByModule(): boolean {
  const frames = trace().split('\n').slice(1);
  return isOfModule(frames.find((frame) => !frame.includes(__filename) && !frame.includes('(<anonymous>)')));
}

function isOfModule(frame: string | undefined): boolean {
  return frame !== undefined && !/\bnode:/.test(frame) && !runner.test(frame);
}
