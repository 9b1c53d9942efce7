/** Whatever an app's modules do while they load: run ahead up to any of them, it does the same, and in the same order. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { everything } from '../tools/everything.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import { DidNotWait, runAhead, runCold } from './run-ahead-app.ts';
import type { Files } from './run-ahead-app.ts';

/** What a module does at a point of its evaluation, as far as all modules can. `other`: one that comes after it. */
type Deed =
  | { readonly kind: 'require' | 'back' | 'later'; readonly other: number }
  | { readonly kind: keyof typeof changes | keyof typeof quiet; readonly other: number }
  | { readonly kind: keyof typeof deeds };
interface Code {
  /** It only makes what it exports, as far as it is quiet, and so may be evaluated before its turn. */
  readonly isQuiet: boolean;
  readonly deeds: readonly Deed[];
}

/** Of each the code, in a module named `me`; what it finds out goes into `note`, by the turn of the event loop. */
const deeds = {
  count: `note(++globalThis.counter);`,
  global: `globalThis['made by ' + me] = true; note(Object.keys(globalThis).filter((name) => name.startsWith('made')));`,
  print: `console.log('out', me);`,
  complain: `console.error('err', me);`,
  write: `process.stdout.write('raw ' + me + '\\n');`,
  variable: `note(process.env.SET_BY); process.env.SET_BY = me;`,
  variables: `note(Object.keys(process.env).includes('SET_BY'));`,
  data: `note(require('node:fs').readFileSync(__dirname + '/data.json', 'utf8'));`,
  absent: `note(require('node:fs').existsSync(__dirname + '/absent.json'));`,
  list: `note(require('node:fs').readdirSync(__dirname + '/lib'));`,
  stat: `note(require('node:fs').statSync(__dirname + '/data.json').size);`,
  fails: `try { require('./nothing'); } catch (error) { note(error.code); }`,
  stack: `note(new Error(me).stack.split('\\n').map((line) => line.trim()));`,
  main: `note([require.main === module, require.main.filename, module.parent?.filename, module.id, process.argv.slice(1)]);`,
  children: `note([Object.keys(require.cache), module.children.map((one) => one.id), require.main.loaded]);`,
  end: `process.on('exit', (code) => note('exit ' + code));`,
  listeners: `note(process.eventNames().map(String)); process.on('warning', () => note('warned'));`,
  tick: `process.nextTick(() => note('tick'));`,
  promise: `Promise.resolve().then(() => note('then'));`,
  microtask: `queueMicrotask(() => note('microtask'));`,
  immediate: `setImmediate(() => note('immediate', 'immediates'));`,
  timer: `setTimeout(() => note('timer', 'timers'), 1);`,
  unref: `setTimeout(() => note('never'), 100000).unref();`,
  file: `require('node:fs').writeFileSync(__dirname + '/made-by-' + me, me); note(require('node:fs').readdirSync(__dirname).length);`,
  folder: `require('node:fs').mkdirSync(__dirname + '/folder-of-' + me, { recursive: true });`,
  append: `require('node:fs').appendFileSync(__dirname + '/log.txt', me + '\\n');`,
  time: `const since = Date.now(); note(typeof since);`,
  types: `note([new Date(0), Date].map((one) => String(one instanceof Date || one === Date)));`,
  clock: `const began = performance.now(); note(typeof began);`,
  child: `note(require('node:child_process').execFileSync(process.execPath, ['-p', '1 + 1'], { env: {} }).toString());`,
  socket: `require('node:dgram').createSocket('udp4').close();`,
  watch: `require('node:fs').watch(__dirname).close();`,
  patch: `const { join } = require('node:path'); require('node:path').join = (...all) => { globalThis.counter++; return join(...all); };`,
  array: `Array.prototype['of ' + me] = 1; note(Object.keys(Array.prototype)); delete Array.prototype['of ' + me];`,
  folderOf: `note(process.cwd() === __dirname); process.chdir(__dirname);`,
  code: `process.exitCode = 3;`,
  error: `if (globalThis.counter > 3) { note('throws'); throw new Error('of ' + me); }`,
  uncaught: `if (globalThis.counter > 5) setImmediate(() => { throw new Error('late, of ' + me); });`,
  unsettled: `new Promise(() => {});`,
  read: `require('node:fs').promises.readFile(__dirname + '/data.json').then((text) => note(text.length, 'readers'));`,
  emitter: `(globalThis.hub ??= new (require('node:events'))()).on('said', (what) => note('heard ' + what)).emit('said', me);`,
  uptime: `note(process.uptime() > 0);`,
};

/** What one does to another, by its file, or by what it exports. */
const changes = {
  sets: `require('OTHER').value = 'set by ' + me;`,
  adds: `require('OTHER')['added by ' + me] = me;`,
  removes: `delete require('OTHER').value;`,
  forgets: `delete require.cache[require.resolve('OTHER')];`,
  replaces: `require.cache[require.resolve('OTHER')] = { exports: { value: 'in its place' }, children: [], loaded: true, id: 'OTHER', filename: 'OTHER' };`,
  has: `note(require.cache[require.resolve('OTHER')]?.loaded);`,
  rewrites: `require('node:fs').writeFileSync(require.resolve('OTHER'), 'exports.value = "rewritten";');`,
  language: `Object.freeze = (what) => ({ what, me });`,
  maps: `globalThis.Map = class Other extends Map {};`,
  loads: `const { load } = module.constructor.prototype; module.constructor.prototype.load = function other(file) { globalThis.counter++; return load.call(this, file); };`,
};

/** What it exports, for itself or by what others do. */
const quiet = {
  constant: `exports.constant = 1 + 2; exports.text = \`\${__filename.length} \` + 'x'.toUpperCase();`,
  read: `exports.read = require('OTHER').value;`,
  taken: `const { value = 'none', constant: c } = require('OTHER'); exports.taken = [value, c];`,
  deep: `exports.deep = require('./data.json').data;`,
  variable: `exports.variable = process.env.SET_BY;`,
  either: `exports.either = process.env.SET_BY ? require('OTHER').value : 'none';`,
  maybe: `if (process.env.SET_BY) exports.maybe = require('OTHER');`,
  caught: `try { exports.caught = require('OTHER'); } catch (error) { exports.caught = error.message; }`,
  copied: `exports.copied = { ...require('OTHER') };`,
  assigned: `Object.assign(exports, require('OTHER'));`,
  class: `exports.Some = class { static count = 1; get() { return this.constructor.name; } };`,
  derived: `const { Some } = require('OTHER'); exports.Other = class extends Some {};`,
  made: `const make = (what) => { const all = new Map(); all.set(what, me); return { all, what }; }; exports.made = make('thing');`,
  mapped: `exports.mapped = ['a', 'b'].map((one) => one + me);`,
  frozen: `exports.frozen = Object.freeze({ me, all: [] });`,
  lives: `Object.defineProperty(exports, 'lives', { enumerable: true, get: function () { return other.value; } }); const other = require('OTHER');`,
  path: `exports.path = require('node:path').join('a', '..', 'b');`,
  whole: `module.exports = require('OTHER');`,
  more: `module.exports.more = require('OTHER').more;`,
  called: `exports.called = require('OTHER').made?.what;`,
  emitter: `exports.emitter = new (require('node:events'))();`,
  random: `exports.random = typeof Math.random();`,
  asks: `exports.asks = typeof globalThis.counter;`,
  pushed: `(require('OTHER').list ??= []).push(me);`,
};

const deed = (others: number, index: number): fc.Arbitrary<Deed> =>
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.constantFrom(...(Object.keys(deeds) as (keyof typeof deeds)[])).map((kind) => ({ kind })),
    },
    {
      weight: others > 0 ? 2 : 0,
      arbitrary: fc.record({
        kind: fc.constantFrom('require' as const, 'require' as const, 'later' as const),
        other: fc.nat(Math.max(0, others - 1)).map((one) => index + 1 + one),
      }),
    },
    { weight: 1, arbitrary: fc.nat(index).map((other) => ({ kind: 'back' as const, other })) },
  );

const named = <T extends object>(these: T): fc.Arbitrary<keyof T> =>
  fc.constantFrom(...(Object.keys(these) as (keyof T)[]));

const code = (others: number, index: number): fc.Arbitrary<Code> => {
  const other = fc.nat(others).map((one) => Math.min(index + 1 + one, index + others));
  const noisy = fc.oneof(
    { weight: 4, arbitrary: deed(others, index) },
    { weight: others > 0 ? 1 : 0, arbitrary: fc.record({ kind: named(changes), other }) },
  );
  const silent = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: named(quiet), other: others > 0 ? other : fc.constant(0) }) },
    { weight: 1, arbitrary: fc.nat(index).map((back) => ({ kind: 'back' as const, other: back })) },
  );
  return fc.oneof(
    fc.record({ isQuiet: fc.constant(false), deeds: fc.array(noisy, { minLength: 1, maxLength: 6 }) }),
    fc.record({ isQuiet: fc.constant(index > 0), deeds: fc.array(silent, { minLength: 1, maxLength: 4 }) }),
  );
};

interface Graph {
  /** The first is the main one. */
  readonly modules: readonly Code[];
  /** The number of the one that is worked on. */
  readonly stop: number;
}

const graph: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 9 }).chain((count) =>
  fc.record({
    modules: fc.tuple(...Array.from({ length: count }, (_, index) => code(count - 1 - index, index))),
    stop: fc.integer({ min: 1, max: count - 1 }),
  }),
);

interface Edited extends Graph {
  /** Which of the modules is saved, as this. */
  readonly at: number;
  readonly by: Code;
  readonly apartFirst: boolean;
}

const edited: fc.Arbitrary<Edited> = graph.chain(({ modules, stop }) =>
  fc.nat(modules.length - 1).chain((at) =>
    fc.record({
      modules: fc.constant(modules),
      stop: fc.constant(stop),
      at: fc.constant(at),
      by: code(modules.length - 1 - at, at),
      apartFirst: fc.boolean(),
    }),
  ),
);

function filesOf(modules: readonly Code[]): Files {
  const files: Record<string, string> = { 'data.json': '{"data":1}', 'lib/one.txt': '', 'lib/two.txt': '' };
  modules.forEach(({ isQuiet, deeds: these }, index) => {
    const lines = these.map((one) => (isQuiet ? codeOf(one, true) : `{ ${codeOf(one, false)} }`));
    files[nameOf(index)] = [
      index === 0 ? first : '',
      `const me = '${index}';${isQuiet ? '' : ' const note = globalThis.noteOf(me);'}`,
      // Each by itself, but where a name is used twice.
      ...(isQuiet ? [...new Set(lines)].map((line) => `{ ${line} }`) : lines),
      isQuiet ? 'exports.value = me;' : `note('end'); exports.value = me;`,
    ].join('\n');
  });
  return files;
}

const first = `globalThis.counter = 0;
const notes = {};
globalThis.noteOf = (me) => (what, turn = 'at once') => (notes[turn] ??= []).push([me, what]);
process.on('exit', () => {
  const modules = Object.values(require.cache).map((one) => [
    one.id, one.parent?.id, one.loaded, one.children.map((child) => child.id), one.paths?.length,
    require('node:util').inspect(one.exports, { depth: 3, getters: true }),
  ]);
  require('node:fs').writeSync(1, JSON.stringify([notes, modules], undefined, 1));
});`;

function codeOf(one: Deed, isQuiet: boolean): string {
  if (!('other' in one)) return deeds[one.kind];
  const other = `./${nameOf(one.other)}`;
  if (one.kind in quiet) return quiet[one.kind as keyof typeof quiet].replaceAll('OTHER', other);
  if (one.kind in changes) return changes[one.kind as keyof typeof changes].replaceAll('OTHER', other);
  const load = `require('${other}').value`;
  if (isQuiet) return `exports.back = ${load};`;
  return one.kind === 'later' ? `setImmediate(() => note(${load}, 'immediates'));` : `note(${load});`;
}

function nameOf(index: number): string {
  return index === 0 ? 'main.js' : `module${index}.js`;
}

/** Once found, and what is to be among the others whatever chance brings. */
const examples: [Graph][] = [
  // What was evaluated apart is not what the app has written meanwhile.
  [
    {
      modules: [
        {
          isQuiet: false,
          deeds: [
            { kind: 'rewrites', other: 3 },
            { kind: 'require', other: 3 },
          ],
        },
        { isQuiet: true, deeds: [{ kind: 'constant', other: 2 }] },
        { isQuiet: false, deeds: [{ kind: 'count' }] },
        { isQuiet: true, deeds: [{ kind: 'constant', other: 4 }] },
        { isQuiet: true, deeds: [{ kind: 'constant', other: 5 }] },
        { isQuiet: false, deeds: [{ kind: 'require', other: 6 }] },
        { isQuiet: false, deeds: [{ kind: 'count' }] },
      ],
      stop: 1,
    },
  ],
  // What a module patches of Node is not to be met by what we do.
  [
    {
      modules: [
        { isQuiet: false, deeds: [{ kind: 'require', other: 2 }, { kind: 'count' }] },
        { isQuiet: false, deeds: [{ kind: 'count' }] },
        {
          isQuiet: false,
          deeds: [{ kind: 'patch' }, { kind: 'back', other: 1 }, { kind: 'back', other: 0 }],
        },
      ],
      stop: 1,
    },
  ],
  // One that is loaded apart.
  [
    {
      modules: [
        {
          isQuiet: false,
          deeds: [
            { kind: 'require', other: 1 },
            { kind: 'require', other: 2 },
          ],
        },
        { isQuiet: false, deeds: [{ kind: 'count' }] },
        { isQuiet: true, deeds: [{ kind: 'constant', other: 0 }] },
      ],
      stop: 1,
    },
  ],
];

/** All but the one that is worked on only make what they export. */
const quietGraph: readonly Code[] = [
  {
    isQuiet: false,
    deeds: [
      { kind: 'require', other: 1 },
      { kind: 'require', other: 2 },
      { kind: 'require', other: 4 },
      { kind: 'children' },
    ],
  },
  { isQuiet: false, deeds: [{ kind: 'count' }, { kind: 'require', other: 5 }] },
  { isQuiet: true, deeds: [{ kind: 'read', other: 3 }] },
  { isQuiet: true, deeds: [{ kind: 'taken', other: 5 }] },
  { isQuiet: true, deeds: [{ kind: 'read', other: 5 }] },
  { isQuiet: true, deeds: [{ kind: 'constant', other: 0 }] },
];

/** What others have taken from it, what does something now, and what needs another one than before. */
const editedExamples: [Edited][] = [
  { at: 5, by: { isQuiet: true, deeds: [{ kind: 'frozen' as const, other: 0 }] } },
  {
    at: 3,
    by: { isQuiet: false, deeds: [{ kind: 'count' as const }, { kind: 'require' as const, other: 4 }] },
  },
  { at: 2, by: { isQuiet: false, deeds: [{ kind: 'sets' as const, other: 5 }] } },
  {
    at: 0,
    by: {
      isQuiet: false,
      deeds: [
        { kind: 'require' as const, other: 3 },
        { kind: 'require' as const, other: 2 },
      ],
    },
  },
  {
    at: 1,
    by: { isQuiet: false, deeds: [{ kind: 'require' as const, other: 3 }, { kind: 'children' as const }] },
  },
].flatMap((edit) =>
  [true, false].map((apartFirst): [Edited] => [{ modules: quietGraph, stop: 1, ...edit, apartFirst }]),
);

for (const major of nodeMajors.filter((one) => everything || one === 20)) {
  describe(`on Node ${major}, an app that is run ahead`, () => {
    it('does, prints and writes what it does, prints and writes cold, and nothing of it too early', async (t) => {
      const node = await nodeBinary(major);
      let waited = 0;
      let apart = 0;
      await fc.assert(
        fc.asyncProperty(graph, async ({ modules, stop }) => {
          const files = filesOf(modules);
          const program = { node, files, main: 'main.js', args: ['an argument'] };
          const [cold, warm] = await Promise.all([
            runCold(program),
            runAhead(program, nameOf(stop)).catch((error: unknown) => {
              if (error instanceof DidNotWait) return error.ran;
              throw error;
            }),
          ]);
          if (!('ahead' in warm)) {
            // It fails before it comes to where it is to wait.
            assert.deepEqual(warm, cold);
            return;
          }
          const { ahead, filesThen, ...ran } = warm;
          assert.deepEqual(filesThen, filesOf(modules), `wrote before ${ahead.before}`);
          assert.ok(!ahead.read.includes(nameOf(stop)), `read ${nameOf(stop)}`);
          assert.deepEqual(ran, cold);
          if ((ahead.apart ?? 0) > 0) apart += 1;
          if (ahead.before === `reads ${nameOf(stop)}`) waited += 1;
        }),
        { numRuns: everything ? 200 : 12, endOnFailure: false, examples },
      );
      t.diagnostic(
        `${waited} of them waited before the file that was named, ${apart} had loaded some of the rest`,
      );
      assert.ok(waited > 0 && apart > 0);
    });

    it('does what it does cold if another of its files is saved, of which nothing has run but apart', async (t) => {
      const node = await nodeBinary(major);
      let forgotten = 0;
      let whole = 0;
      await fc.assert(
        fc.asyncProperty(edited, async ({ modules, stop, at, by, apartFirst }) => {
          const program = { node, files: filesOf(modules), main: 'main.js', apartFirst };
          const other = filesOf(modules.map((one, index) => (index === at ? by : one)));
          const name = nameOf(at);
          const content = other[name] ?? '';
          const [cold, warm] = await Promise.all([
            runCold({ ...program, files: other }),
            runAhead(program, nameOf(stop), (change) => change(name, content)).catch((error: unknown) => {
              if (error instanceof DidNotWait) return error;
              throw error;
            }),
          ]);
          if (warm instanceof DidNotWait) return;
          const { ahead, filesThen, ...ran } = warm;
          if (at !== stop && ahead.forgettable?.includes(name) !== true) return; // it would be thrown away
          assert.deepEqual(filesThen, program.files);
          assert.deepEqual(ran, cold);
          if (at !== stop) forgotten += 1;
          if (ahead.before === 'reads main.js') whole += 1;
        }),
        { numRuns: everything ? 200 : 12, endOnFailure: false, examples: editedExamples },
      );
      t.diagnostic(`${forgotten} had another file saved, ${whole} had run nothing but apart`);
      assert.ok(forgotten > 0 && whole > 0);
    });
  });
}
