/** Whatever an app's modules do while they load: run ahead up to any of them, it does the same, and in the same order. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { everything } from '../tools/everything.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import { runAhead, runCold } from './run-ahead-app.ts';
import type { Files } from './run-ahead-app.ts';

/** What a module does at a point of its evaluation. `others`: modules after it, and so no circle but by `back`. */
type Deed =
  | { readonly kind: 'require' | 'back' | 'later'; readonly other: number }
  | { readonly kind: keyof typeof deeds };

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

const graph = fc.integer({ min: 2, max: 8 }).chain((count) =>
  fc.record({
    modules: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        fc.array(deed(count - 1 - index, index), { minLength: 1, maxLength: 6 }),
      ),
    ),
    stop: fc.integer({ min: 1, max: count - 1 }),
  }),
);

function filesOf(modules: readonly (readonly Deed[])[]): Files {
  const files: Record<string, string> = { 'data.json': '{"data":1}', 'lib/one.txt': '', 'lib/two.txt': '' };
  modules.forEach((module, index) => {
    const lines = module.map((one) => `{ ${codeOf(one)} }`);
    files[nameOf(index)] = [
      index === 0 ? first : '',
      `const me = '${index}'; const note = globalThis.noteOf(me);`,
      ...lines,
      `note('end'); exports.value = me;`,
    ].join('\n');
  });
  return files;
}

const first = `globalThis.counter = 0;
const notes = {};
globalThis.noteOf = (me) => (what, turn = 'at once') => (notes[turn] ??= []).push([me, what]);
process.on('exit', () => require('node:fs').writeSync(1, JSON.stringify(notes, undefined, 1)));`;

function codeOf(one: Deed): string {
  if (!('other' in one)) return deeds[one.kind];
  const load = `require('./${nameOf(one.other)}').value`;
  return one.kind === 'later' ? `setImmediate(() => note(${load}, 'immediates'));` : `note(${load});`;
}

function nameOf(index: number): string {
  return index === 0 ? 'main.js' : `module${index}.js`;
}

for (const major of nodeMajors) {
  describe(`on Node ${major}, an app that is run ahead`, () => {
    it('does, prints and writes what it does, prints and writes cold, and nothing of it too early', async (t) => {
      const node = await nodeBinary(major);
      let waited = 0;
      await fc.assert(
        fc.asyncProperty(graph, async ({ modules, stop }) => {
          const files = filesOf(modules);
          const program = { node, files, main: 'main.js', args: ['an argument'] };
          const [cold, warm] = await Promise.all([runCold(program), runAhead(program, nameOf(stop))]);
          const { ahead, filesThen, ...ran } = warm;
          assert.deepEqual(filesThen, filesOf(modules), `wrote before ${ahead.before}`);
          assert.ok(!ahead.read.includes(nameOf(stop)), `read ${nameOf(stop)}`);
          assert.deepEqual(ran, cold);
          if (ahead.before === `reads ${nameOf(stop)}`) waited += 1;
        }),
        { numRuns: everything ? 200 : 20, endOnFailure: false },
      );
      t.diagnostic(`${waited} of them waited before the file that was named`);
      assert.ok(waited > 0);
    });
  });
}
