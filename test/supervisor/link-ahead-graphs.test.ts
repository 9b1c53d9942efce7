/** Whatever ES modules do to each other: linked ahead up to any of them, whatever is saved there, they do the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { everything } from '../tools/everything.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import { DidNotWait, runAhead, runCold } from './run-ahead-app.ts';
import type { Files } from './run-ahead-app.ts';

/** What a module does at a point of its evaluation. */
const deeds = {
  count: `note(++globalThis.counter);`,
  global: `globalThis['made by ' + me] = true; note(Object.keys(globalThis).filter((name) => name.startsWith('made')));`,
  print: `console.log('out', me);`,
  complain: `console.error('err', me);`,
  variable: `note(process.env.SET_BY); process.env.SET_BY = me;`,
  data: `note(fs.readFileSync(new URL('data.json', import.meta.url), 'utf8'));`,
  changesData: `fs.writeFileSync(new URL('data.json', import.meta.url), JSON.stringify(me));`,
  absent: `note(fs.existsSync(new URL('absent.json', import.meta.url)));`,
  list: `note(fs.readdirSync(new URL('.', import.meta.url)));`,
  stack: `note(new Error(me).stack.split('\\n').map((line) => line.trim()));`,
  meta: `note([import.meta.url, import.meta.dirname, import.meta.main, process.argv.slice(1)]);`,
  tick: `process.nextTick(() => note('tick', 'ticks'));`,
  promise: `Promise.resolve().then(() => note('then', 'thens'));`,
  microtask: `queueMicrotask(() => note('microtask', 'thens'));`,
  immediate: `setImmediate(() => note('immediate', 'immediates'));`,
  timer: `setTimeout(() => note('timer', 'timers'), 1);`,
  file: `fs.writeFileSync(new URL('made-by-' + me, import.meta.url), me);`,
  end: `process.on('exit', (code) => note('exit ' + code));`,
  code: `process.exitCode = 3;`,
  error: `if (globalThis.counter > 3) { note('throws'); throw new Error('of ' + me); }`,
  rejected: `if (globalThis.counter > 4) Promise.reject(new Error('rejected by ' + me));`,
  language: `Object.freeze = (what) => ({ what, me });`,
  frozen: `note(Object.isFrozen(Object.freeze({ me })));`,
  maps: `globalThis.Map = class Other extends Map {};`,
  mapped: `note(new Map().constructor.name);`,
  waits: `await null; note('after its wait', 'waits');`,
  waitsLonger: `await new Promise((done) => setTimeout(done, 2)); note('after its timer', 'waits');`,
  required: `note(createRequire(import.meta.url)('./common.cjs').count());`,
  warning: `process.on('warning', (warning) => note(warning.message, 'warnings'));`,
  clock: `note(typeof Date.now() + typeof performance.now());`,
} as const;

/** What one does with another; what stands at its head is linked first. A number makes names of one module differ. */
const relations = {
  side: () => [`import 'OTHER';`, ''],
  space: (n: number) => [
    `import * as space${n} from 'OTHER';`,
    attempt(`[Object.keys(space${n}), space${n}.value]`),
  ],
  named: (n: number) => [`import { value as value${n} } from 'OTHER';`, attempt(`value${n}`)],
  early: (n: number) => [`import { early as early${n} } from 'OTHER';`, attempt(`early${n}()`)],
  later: (n: number) => [
    `import { value as later${n} } from 'OTHER';`,
    `setImmediate(() => { ${attempt(`later${n}`, 'immediates')} });`,
  ],
  sets: (n: number) => [`import { set as set${n} } from 'OTHER';`, attempt(`set${n}('set by ' + me)`)],
  all: () => [`export * from 'OTHER';`, ''],
  again: (n: number) => [`export { value as again${n} } from 'OTHER';`, ''],
  default: (n: number) => [`import default${n} from 'OTHER';`, attempt(`default${n}`)],
  dynamic: () => [
    '',
    `later(() => import('OTHER').then((other) => note(other.value, 'imports'), (error) => note(error.message, 'imports')));`,
  ],
  awaited: () => [
    '',
    `try { note((await import('OTHER')).value, 'waits'); } catch (error) { note(error.message); }`,
  ],
  absent: (n: number) => [`import { absent as absent${n} } from 'OTHER';`, attempt(`absent${n}`)],
} satisfies Record<string, (n: number) => [head: string, body: string]>;

function attempt(what: string, turn = 'at once'): string {
  return `try { note(${what}, '${turn}'); } catch (error) { note(error.message, '${turn}'); }`;
}

type Relation = keyof typeof relations;
type Deed = keyof typeof deeds;
interface Code {
  readonly relations: readonly { readonly kind: Relation; readonly other: number }[];
  readonly deeds: readonly Deed[];
  /** It throws, or can't be parsed. */
  readonly fault: 'none' | 'throws' | 'syntax';
}
interface Graph {
  /** The first is the main one. */
  readonly modules: readonly Code[];
  /** The number of the one that is worked on, and what it is then. */
  readonly stop: number;
  readonly saved: Code;
  /** Any other one that is saved, too, or in its place. */
  readonly other?: { readonly index: number; readonly saved: Code; readonly alone: boolean } | undefined;
}

const rare = new Set<Relation>(['absent', 'awaited']);
const relation = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...names(relations).filter((one) => !rare.has(one))) },
  { weight: 1, arbitrary: fc.constantFrom(...rare) },
);

function names<T extends object>(of: T): (keyof T)[] {
  return Object.keys(of) as (keyof T)[];
}

/** Most lead down, as in an app; some lead back, which makes a cycle. */
const code = (index: number, count: number, faults: boolean): fc.Arbitrary<Code> =>
  fc.record({
    relations: fc.array(
      fc.record({
        kind: relation,
        other: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: Math.min(index + 1, count - 1), max: count - 1 }) },
          { weight: 1, arbitrary: fc.nat(count - 1) },
        ),
      }),
      { minLength: index < count / 2 ? 1 : 0, maxLength: 4 },
    ),
    deeds: fc.array(fc.constantFrom(...names(deeds)), { maxLength: 4 }),
    fault: fc.oneof(
      { weight: 20, arbitrary: fc.constant('none' as const) },
      { weight: faults ? 2 : 0, arbitrary: fc.constantFrom('throws' as const, 'syntax' as const) },
    ),
  });

const graph: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 9 }).chain((count) =>
  fc.nat(count - 1).chain((stop) =>
    fc.record({
      modules: fc.tuple(...Array.from({ length: count }, (_, index) => code(index, count, false))),
      stop: fc.constant(stop),
      saved: code(stop, count, true),
      other: fc.option(
        fc.nat(count - 1).chain((index) =>
          fc.record({
            index: fc.constant(index),
            saved: code(index, count, true),
            alone: fc.boolean(),
          }),
        ),
        { nil: undefined, freq: 3 },
      ),
    }),
  ),
);

/** Of two that wait for something else than each other, either may be the first: there is one. */
function withOneThatWaits({ modules, stop, saved, other }: Graph): Graph {
  let waits = 0;
  const once = ({ relations: these, deeds: done, fault }: Code): Code => ({
    relations: these.map((one) =>
      one.kind === 'awaited' && (waits += 1) > 1 ? { ...one, kind: 'dynamic' } : one,
    ),
    deeds: done.map((one) => (one === 'waitsLonger' && (waits += 1) > 1 ? 'waits' : one)),
    fault,
  });
  const first = once(saved);
  const second = other && { ...other, saved: once(other.saved) };
  const left = modules.map((one, index) => (index === stop || index === second?.index ? one : once(one)));
  return { modules: left, stop, saved: first, other: second };
}

const common = {
  'common.cjs': 'let count = 0; exports.count = () => (count += 1);',
  'data.json': '{"data":1}',
};

/** Each has it first. */
const notes = `globalThis.counter = 0;
import fs from 'node:fs';
const notes = {};
export const noteOf = (me) => (what, turn = 'at once') => { (notes[turn] ??= []).push([me, what]); };
const queue = [];
/** One after the other, when nothing else is to be done: which of two is loaded first is nobody's promise. */
export const later = (what) => { queue.push(what); };
process.on('beforeExit', () => {
  if (queue.length > 0) setImmediate(() => undefined); // so that it is said again
  queue.shift()?.();
});
process.on('exit', () => fs.writeSync(1, JSON.stringify(Object.entries(notes).sort(), undefined, 1)));`;

function textOf({ relations: these, deeds: all, fault }: Code, index: number): string {
  const parts = these.map(({ kind, other }, n) =>
    relations[kind](n).map((line) => line.replaceAll('OTHER', `./${nameOf(other)}`)),
  );
  const heads = parts.map(([head]) => head ?? '');
  // Twice the same names would be no module.
  const stars = [...new Set(heads.filter((head) => head.startsWith('export *')))];
  return [
    `import { later, noteOf } from './notes.mjs';`,
    `import fs from 'node:fs';`,
    `import { createRequire } from 'node:module';`,
    ...stars,
    ...heads.filter((head) => !head.startsWith('export *')),
    `const me = '${index}';`,
    `const note = noteOf(me);`,
    `export function early() { return 'early ' + typeof noteOf; }`,
    `note('begins');`,
    ...parts.map(([, body]) => body ?? ''),
    `export let value = 'value of ' + me;`,
    `export const set = (what) => { value = what; };`,
    `export default value;`,
    ...all.map((deed) => `{ ${deeds[deed]} }`),
    fault === 'throws' ? `throw new Error('thrown by ' + me);` : fault === 'syntax' ? 'const = 1;' : '',
    `note('ends');`,
  ].join('\n');
}

function filesOf(modules: readonly Code[]): Files {
  const all = Object.fromEntries(modules.map((one, index) => [nameOf(index), textOf(one, index)]));
  return { ...common, 'notes.mjs': notes, ...all };
}

/** As the last generation would have told: in whatever way one loads the other. */
function needsOf(modules: readonly Code[]): Record<string, string[]> {
  const all = modules.map(({ relations: these, deeds: done }, index) => [
    nameOf(index),
    [
      'notes.mjs',
      ...new Set(these.map(({ other }) => nameOf(other))),
      ...(done.includes('required') ? ['common.cjs'] : []),
    ],
  ]);
  return { 'notes.mjs': [], 'common.cjs': [], 'data.json': [], ...Object.fromEntries(all) } as Record<
    string,
    string[]
  >;
}

function nameOf(index: number): string {
  return index === 0 ? 'main.mjs' : `module${index}.mjs`;
}

const plain = (...others: number[]): Code => ({
  relations: others.map((other) => ({ kind: 'space', other })),
  deeds: ['count', 'promise'],
  fault: 'none',
});
const examples: [Graph][] = [
  // Of two, one is worked on, and the other one waits for nothing.
  [{ modules: [plain(1, 2), plain(), plain()], stop: 1, saved: { ...plain(2), deeds: ['language'] } }],
  // What is worked on is in a cycle.
  [{ modules: [plain(1), plain(2), plain(1, 3), plain()], stop: 1, saved: plain(2, 3) }],
  // It was found once that which of these comes first is a matter of time.
  [
    {
      modules: [plain(1), plain(2), plain()],
      stop: 0,
      saved: {
        ...plain(0),
        relations: [
          { kind: 'dynamic', other: 1 },
          { kind: 'later', other: 0 },
        ],
        deeds: ['timer'],
      },
    },
  ],
  // Another one is saved, which others import, one of them in a cycle.
  [
    {
      modules: [plain(1, 2, 3), plain(), plain(4), plain(2), plain()],
      stop: 1,
      saved: plain(),
      other: { index: 4, saved: { ...plain(3), deeds: ['global'] }, alone: true },
    },
  ],
  // What comes before it waits for something.
  [{ modules: [plain(1, 2), { ...plain(), deeds: ['waits'] }, plain()], stop: 2, saved: plain() }],
];

for (const major of nodeMajors.filter((one) => everything || one === 20)) {
  describe(`on Node ${major}, an app of ES modules that is linked ahead`, () => {
    it('does, prints and writes what it does, prints and writes cold', async (t) => {
      const node = await nodeBinary(major);
      let linked = 0;
      let forgotten = 0;
      await fc.assert(
        fc.asyncProperty(graph.map(withOneThatWaits), async ({ modules, stop, saved, other }) => {
          const files = filesOf(modules);
          const hot = nameOf(stop);
          const edits: Record<string, string> = {};
          if (other?.alone !== true) edits[hot] = textOf(saved, stop);
          if (other !== undefined) edits[nameOf(other.index)] ??= textOf(other.saved, other.index);
          const program = { node, files, main: 'main.mjs', args: ['an argument'], needs: needsOf(modules) };
          const [cold, warm] = await Promise.all([
            runCold({ ...program, files: { ...files, ...edits } }),
            runAhead(program, hot, (change) => {
              for (const [file, text] of Object.entries(edits)) change(file, text);
            }).catch((error: unknown) => {
              if (error instanceof DidNotWait) return error.ran;
              throw error;
            }),
          ]);
          if (!('ahead' in warm)) {
            assert.deepEqual(warm, cold);
            return;
          }
          const { ahead, filesThen, ...ran } = warm;
          assert.deepEqual(filesThen, files, 'wrote while it waited');
          const lost = Object.keys(edits).filter((file) => ahead.read.includes(file));
          if (lost.some((file) => ahead.forgettable?.includes(file) !== true)) return; // it would be thrown away
          forgotten += lost.length;
          assert.deepEqual(ran, cold);
          assert.ok(!ahead.read.includes(hot), `read ${hot}`);
          linked += 1;
        }),
        { numRuns: everything ? 200 : 12, endOnFailure: false, examples },
      );
      t.diagnostic(`${linked} of them were linked ahead, and ${forgotten} modules forgotten`);
      assert.ok(linked >= examples.length && forgotten > 0);
    });
  });
}
