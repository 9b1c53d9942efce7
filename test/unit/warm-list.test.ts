import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { warmList } from '../../src/runtimes/node/warm-list.ts';
import type { LoadedModule, Offence } from '../../src/runtimes/protocol.ts';

const app = (name: string): string => `/app/${name}.js`;
const dependency = (name: string): string => `/app/node_modules/${name}/index.js`;
const module = (id: string, ...needs: number[]): LoadedModule => ({ id, needs });
const offence = (id: string, affectsOthers = false): [string, Offence] => [
  id,
  { module: id, does: 'starts a timer', affectsOthers },
];

test('the roots of what the app needs, in its order', () => {
  const modules = [
    module(app('server'), 1, 3),
    module(dependency('express'), 2),
    module(dependency('debug')),
    module(app('routes'), 4, 1),
    module(dependency('lodash')),
  ];
  assert.deepEqual(warmList({ modules, by: 'require' }, new Map(), []), [
    dependency('express'),
    dependency('lodash'),
  ]);
});

test('not what works while it loads, nor what needs it; but what those need', () => {
  const modules = [
    module(app('server'), 1, 4),
    module(dependency('orm'), 2, 3),
    module(dependency('driver')),
    module(dependency('types')),
    module(dependency('express')),
  ];
  const offences = new Map([offence(dependency('driver'))]);
  assert.deepEqual(warmList({ modules, by: 'require' }, offences, []), [
    dependency('types'),
    dependency('express'),
  ]);
  assert.deepEqual(warmList({ modules, by: 'require' }, new Map(), ['driver']), [
    dependency('types'),
    dependency('express'),
  ]);
  const patching = new Map([offence(dependency('driver'), true)]);
  assert.deepEqual(warmList({ modules, by: 'require' }, patching, []), []);
});

const graph = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(
    fc.record({
      isApp: fc.boolean(),
      isOffender: fc.boolean(),
      needs: fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 4 }),
    }),
    { minLength: size, maxLength: size },
  ),
);

test('whatever the graph: nothing listed reaches what must wait, and all else is covered', () => {
  fc.assert(
    fc.property(graph, (nodes) => {
      const modules = nodes.map(({ isApp, needs }, i) =>
        module(isApp ? app(String(i)) : dependency(String(i)), ...needs),
      );
      const offences = new Map(modules.filter((_, i) => nodes[i]!.isOffender).map(({ id }) => offence(id)));
      const reach = (from: number): Set<number> => {
        const seen = new Set<number>();
        const pending = [from];
        for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
          if (seen.has(next)) continue;
          seen.add(next);
          pending.push(...modules[next]!.needs);
        }
        return seen;
      };
      const mustWait = (i: number): boolean => nodes[i]!.isApp || nodes[i]!.isOffender;
      const list = warmList({ modules, by: 'require' }, offences, []);
      const indices = list.map((id) => modules.findIndex((one) => one.id === id));
      for (const i of indices) assert.ok(![...reach(i)].some(mustWait), `${modules[i]!.id} is too early`);
      const covered = new Set(indices.flatMap((i) => [...reach(i)]));
      modules.forEach(({ id }, i) => {
        if (![...reach(i)].some(mustWait)) assert.ok(covered.has(i), `${id} is left out`);
      });
      assert.equal(new Set(list).size, list.length, 'listed twice');
    }),
  );
});
