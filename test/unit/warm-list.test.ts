import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { warmList } from '../../src/runtimes/node/warm-list.ts';
import type { WarmList } from '../../src/runtimes/node/warm-list.ts';
import type { LoadedModule, Offence } from '../../src/runtimes/node/own-words.ts';

const app = (name: string): string => `/app/${name}.js`;
const dependency = (name: string): string => `/app/node_modules/${name}/index.js`;
const imported = (name: string): string => `file:///app/node_modules/${name}/index.js`;

const isOwn = (id: string): boolean => !id.includes('/node_modules/');

/** `id` → ids of what it needs, in the order in which they were loaded. */
function graph(needs: Readonly<Record<string, readonly string[]>>): LoadedModule[] {
  const ids = Object.keys(needs);
  return Object.entries(needs).map(([id, needed]) => ({
    id,
    own: isOwn(id),
    needs: needed.map((one) => ids.indexOf(one)),
  }));
}

function offence(module: string, affectsOthers = false): Offence {
  return { module, does: 'starts a timer', affectsOthers };
}

function list(
  modules: readonly LoadedModule[],
  offences: readonly Offence[] = [],
  packages: readonly string[] = [],
  by: 'require' | 'import' = 'require',
): string[] {
  return [...whole(modules, offences, packages, by).modules];
}

function whole(
  modules: readonly LoadedModule[],
  offences: readonly Offence[],
  packages: readonly string[],
  by: 'require' | 'import',
): WarmList {
  const offenceOf = (id: string): Offence | undefined => offences.find((one) => one.module === id);
  return warmList({ modules, by }, offenceOf, packages, (id) => id.replace('file://', ''));
}

const [a, b, c] = [dependency('a'), dependency('b'), dependency('c')];

describe('what a standby loads', () => {
  const modules = graph({ [app('server')]: [a, app('lib')], [a]: [b], [b]: [], [app('lib')]: [c], [c]: [] });

  it('is every dependency, in the order of the app, and nothing of the app', () => {
    assert.deepEqual(list(modules), [a, c, b]);
  });

  it('is neither an offender nor who needs it, but what both need', () => {
    assert.deepEqual(list(modules, [offence(a)]), [b, c]);
    assert.deepEqual(list(modules, [offence(b)]), [c]);
  });

  it('is no package that the user names, nor who needs it', () => {
    assert.deepEqual(list(modules, [], ['b']), [c]);
  });

  it('ends where a module changes what comes after it', () => {
    assert.deepEqual(list(modules, [offence(b, true)]), []);
    assert.deepEqual(list(modules, [offence(c, true)]), [a, b]);
  });

  it('is no dependency that needs a file of the app', () => {
    const reaching = graph({ [app('server')]: [a], [a]: [b, app('plugin')], [b]: [], [app('plugin')]: [] });
    assert.deepEqual(list(reaching), [b]);
  });

  it('is no file that a program began with, though it is a dependency', () => {
    const [main, ...others] = graph({ [a]: [b, app('server')], [b]: [], [app('server')]: [c], [c]: [] });
    assert.deepEqual(list([{ ...main!, isMain: true }, ...others]), [b, c]);
  });

  it('is an ES module only where modules are imported', () => {
    const mixed = graph({ [app('server')]: [imported('a'), b], [imported('a')]: [], [b]: [] });
    assert.deepEqual(list(mixed), [b]);
    assert.deepEqual(list(mixed, [], [], 'import'), [imported('a'), b]);
  });

  it('may need each other in a circle', () => {
    const circle = graph({ [app('server')]: [a], [a]: [b], [b]: [a] });
    assert.deepEqual(list(circle), [a, b]);
    assert.deepEqual(list(circle, [offence(b)]), []);
  });
});

/** What one run of an app may have loaded: numbered as it came, each by the first who needs it. */
interface Run {
  readonly modules: readonly LoadedModule[];
  readonly offences: readonly Offence[];
  readonly packages: readonly string[];
  readonly by: 'require' | 'import';
}

const size = 14;
const runs: fc.Arbitrary<Run> = fc
  .record({
    kinds: fc.array(fc.constantFrom(app, dependency, dependency, dependency, imported), {
      minLength: size,
      maxLength: size,
    }),
    needs: fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
    offenders: fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }),
    affecting: fc.option(fc.nat(size - 1)),
    named: fc.option(fc.nat(size - 1)),
    by: fc.constantFrom('require' as const, 'import' as const),
  })
  .map(({ kinds, needs, offenders, affecting, named, by }) => {
    const order: number[] = [];
    const load = (module: number): void => {
      if (order.includes(module)) return;
      order.push(module);
      needs[module]!.forEach(load);
    };
    load(0);
    const idOf = (module: number): string =>
      (module === 0 ? app : kinds[module]!)(`package-${String(module)}`);
    const modules = order.map((module) => ({
      id: idOf(module),
      own: isOwn(idOf(module)),
      needs: needs[module]!.map((one) => order.indexOf(one)),
    }));
    return {
      modules,
      offences: [
        ...offenders.map((one) => offence(idOf(one))),
        ...(affecting === null ? [] : [offence(idOf(affecting), true)]),
      ],
      packages: named === null ? [] : [`package-${String(named)}`],
      by,
    };
  });

/** With all that comes along when it is loaded, itself first. */
function loadedWith(modules: readonly LoadedModule[], index: number, into: number[] = []): number[] {
  if (into.includes(index)) return into;
  into.push(index);
  for (const needed of modules[index]!.needs) loadedWith(modules, needed, into);
  return into;
}

/** By itself: what it needs not counted. */
function mustWait({ modules, offences, packages, by }: Run, index: number): boolean {
  const { id } = modules[index]!;
  const first = modules.findIndex((one) => offences.some((o) => o.affectsOthers && o.module === one.id));
  return (
    !id.includes('/node_modules/') ||
    (by === 'require' && id.startsWith('file:')) ||
    offences.some(({ module }) => module === id) ||
    packages.some((name) => id.includes(`/${name}/`)) ||
    (first >= 0 && index >= first)
  );
}

/** Indices of all that is loaded, in the order in which it is. */
function effectOf(run: Run): number[] {
  const loaded: number[] = [];
  for (const id of list(run.modules, run.offences, run.packages, run.by)) {
    const index = run.modules.findIndex((module) => module.id === id);
    loadedWith(run.modules, index, loaded);
  }
  return loaded;
}

describe('whatever an app loads, what its standby loads', () => {
  it('is nothing that must wait for the app, nor brings such a thing along', () => {
    fc.assert(
      fc.property(runs, (run) => {
        for (const index of effectOf(run)) assert.ok(!mustWait(run, index), run.modules[index]!.id);
      }),
      { numRuns: 500 },
    );
  });

  it('comes in the order in which the app loaded it, and each is named once', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const loaded = effectOf(run);
        assert.deepEqual(
          loaded,
          [...loaded].sort((x, y) => x - y),
        );
        const ids = list(run.modules, run.offences, run.packages, run.by);
        assert.equal(new Set(ids).size, ids.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is all that need not wait', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const loaded = new Set(effectOf(run));
        run.modules.forEach((module, index) => {
          const waits = loadedWith(run.modules, index).some((one) => mustWait(run, one));
          assert.equal(loaded.has(index), !waits, module.id);
        });
      }),
      { numRuns: 500 },
    );
  });
});
