/**
 * The functions of Node that instrumentation replaces to change what is loaded after it. If an app does so,
 * dependencies loaded before it would escape it.
 */
import Module from 'node:module';
import type { ModuleGraph } from '../../own-words.ts';
import { isLoaded } from '../engine/bindings.ts';

/** Builtin → its functions. `prototype.` leads into a class. */
const watched: Readonly<Record<string, readonly string[]>> = {
  module: ['_load', 'prototype.require', 'prototype._compile'],
  http: ['request', 'get', 'createServer', 'Server.prototype.emit', 'ClientRequest.prototype.end'],
  https: ['request', 'get', 'createServer'],
  net: ['connect', 'createConnection', 'Socket.prototype.connect'],
  dns: ['lookup'],
  events: ['prototype.emit', 'prototype.on', 'prototype.addListener'],
  child_process: ['spawn', 'exec', 'fork'],
};
const globals = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Promise.prototype.then'];

/** Name → function, of the builtins that this process has loaded; loads none. */
export function functionSlots(): Map<string, unknown> {
  const slots = new Map<string, unknown>();
  for (const [builtin, names] of Object.entries(watched)) {
    if (!isLoaded(builtin) && builtin !== 'module') continue;

    const root: unknown = builtin === 'module' ? Module : require(builtin);
    for (const name of names) slots.set(`${builtin}.${name}`, follow(root, name));
  }
  for (const name of globals) slots.set(name, follow(globalThis, name));
  return slots;
}

/** Their sources, short: equal in every process of one Node unless somebody replaced them. */
export function fingerprints(): ModuleGraph['functions'] {
  const result: Record<string, number> = {};
  const byNode = isLoaded('domain') ? replacedByDomain : [];
  for (const [name, value] of functionSlots()) if (!byNode.includes(name)) result[name] = hash(String(value));
  return result;
}

/** By Node itself, as soon as somebody loads its `domain`. */
const replacedByDomain = ['events.prototype.emit', 'http.Server.prototype.emit'];

function follow(root: unknown, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root);
}

/** FNV-1a: only to tell sources apart. http://www.isthe.com/chongo/tech/comp/fnv */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
