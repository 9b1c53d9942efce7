/**
 * A module of the app under test that writes down what an app can see of its process, each time it is asked to. It is
 * CommonJS whatever the app is, and asks for nothing but built-ins.
 */
export const witness = String.raw`
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const notes = [];

const counts = (emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]);
const keys = (object) => Reflect.ownKeys(object).map(String).filter((key) => !nodes.has(key));

/** What is open, by kind: the numbers in the names are the kernel's. No files: some are just being read, as the list was. */
function descriptors() {
  const kinds = fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return fs.readlinkSync('/proc/self/fd/' + fd).replace(/\[?\d+\]?$/, '');
    } catch {
      return [];
    }
  });
  return kinds.filter((kind) => !kind.startsWith('/')).sort();
}

/** Threads may be more or fewer, but are all as polite. */
function politeness() {
  const nice = (stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];
  const threads = fs.readdirSync('/proc/self/task').flatMap((id) => {
    try {
      return [nice(fs.readFileSync('/proc/self/task/' + id + '/stat', 'utf8'))];
    } catch {
      return []; // it ended
    }
  });
  return [...new Set(threads)].sort();
}

/** What Node adds or replaces in its own time: once somebody loads threads, or looks at 'fetch' or 'fs.opendir'. */
const nodes = new Set(['chdir', 'Dir', 'opendir', 'opendirSync', 'Symbol(undici.globalDispatcher.1)', 'Symbol(undici.globalDispatcher.2)']);

/** Own functions and classes' methods, hashed: to be the same is enough. */
function sources(object) {
  let hash = 0;
  const add = (text) => {
    for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  };
  for (const owner of [object, object.prototype]) {
    if (owner === undefined) continue;
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (typeof value === 'function' && !nodes.has(key)) add(key + String(value));
    }
  }
  return hash;
}

const builtins = ['http', 'net', 'events', 'fs', 'child_process', 'timers', 'process', 'dns', 'stream', 'console'];

/** But for what tsx writes: of a file that it has not met before it keeps the compiled text, while the app runs. */
function resources() {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'FSReqPromise').sort();
}

function look() {
  return {
    env: Object.entries(process.env),
    options: process.env.NODE_OPTIONS,
    argv: process.argv,
    execArgv: process.execArgv,
    title: process.title,
    cwd: process.cwd(),
    umask: process.umask(),
    exitCode: process.exitCode,
    events: counts(process),
    process: keys(process),
    globals: Object.keys(globalThis),
    allGlobals: keys(globalThis),
    extended: [Object, Array, String, Function, Promise, Error, Reflect, JSON].map((one) => [keys(one), keys(one.prototype ?? {})]),
    errors: [Error.stackTraceLimit, typeof Error.prepareStackTrace],
    functions: builtins.map((name) => [name, sources(require(name))]),
    loader: [sources(Module), keys(Module._extensions), Module.globalPaths],
    resources: resources(),
    descriptors: descriptors(),
    politeness: politeness(),
    priority: require('node:os').getPriority(),
    main: [require.main?.filename, require.main?.id, require.main?.loaded, require.main?.parent === null,
      require.main === process.mainModule, module.parent?.filename, require.main?.children.map((one) => one.filename)],
    emitter: keys(require('node:events').prototype),
  };
}

/** The cache of modules once all is loaded: who is there, who loaded it, what it loads. */
function modules() {
  return Object.entries(require.cache)
    .map(([file, one]) => [file, one.id, one.loaded, one.parent?.filename, (one.children ?? []).map((child) => child.filename)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

exports.note = (what, more) => {
  notes.push({ what, more, ...look() });
};
exports.report = () => JSON.stringify({ notes, modules: modules() });
`;
