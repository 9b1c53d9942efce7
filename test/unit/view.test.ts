import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildScene, several } from '../../src/editor/timeline/build-scene.ts';
import { Savings } from '../../src/editor/status/savings.ts';
import { whySlow } from '../../src/editor/status/why-slow.ts';
import { tree } from '../../src/editor/view/tree.ts';
import type { Row } from '../../src/editor/view/row.ts';
import { Swaps } from '../../src/editor/view/swaps.ts';
import type { EventBody, ServerStatus } from '../../src/shared/model.ts';
import type { GenerationRequests } from '../../src/shared/told/requests.ts';
import { total } from '../../src/shared/words/format.ts';
import { generation, serving, status } from './editor-fakes.ts';

const ref = { folder: '/app', server: 'api' };
const now = 1_000_000;
const short = (file: string): string => file.replace('/app/', '');

/** The story of a save, of one that fails, and of one that is swapped in. */
function story(): Swaps {
  const swaps = new Swaps();
  const tell = (time: number, body: EventBody): void =>
    swaps.add({ server: 'api', time: now - 60_000 + time, ...body });
  const cause = (at: number) =>
    ({ kind: 'save', files: ['/app/routes/users.js'], at: now - 60_000 + at }) as const;
  tell(0, {
    event: 'starting',
    generation: 1,
    pid: 1,
    cause: { kind: 'start', files: [], at: now - 60_000 },
    origin: 'cold',
  });
  tell(500, {
    event: 'serving',
    generation: 1,
    pid: 1,
    bootMs: 480,
    swapMs: 500,
    listeners: [],
    coldBootMs: 480,
    standby: false,
  });
  tell(10_004, {
    event: 'starting',
    generation: 2,
    pid: 2,
    cause: cause(10_000),
    replaces: 1,
    origin: 'standby',
  });
  tell(10_020, {
    event: 'rolledBack',
    generation: 2,
    reason: 'bootError',
    message: 'SyntaxError: Unexpected token',
    file: '/app/routes/users.js',
    line: 3,
    serving: 1,
    released: 0,
  });
  tell(20_004, {
    event: 'starting',
    generation: 3,
    pid: 3,
    cause: cause(20_000),
    replaces: 1,
    origin: 'standby',
  });
  tell(20_024, { event: 'listening', generation: 3, listener: 'tcp:*:3000', adopted: true });
  tell(20_025, { event: 'ready', generation: 3, bootMs: 20, held: 2 });
  tell(20_030, { event: 'cutover', from: 1, to: 3, gapMs: 1 });
  tell(20_030, {
    event: 'serving',
    generation: 3,
    pid: 3,
    bootMs: 20,
    swapMs: 30,
    listeners: [],
    coldBootMs: 480,
    standby: true,
  });
  tell(22_000, {
    event: 'retired',
    generation: 1,
    exitCode: 0,
    signal: null,
    drainMs: 1970,
    served: true,
    finished: 3,
    eventStreams: 0,
    webSockets: 0,
    idle: 1,
    lost: 0,
  });
  return swaps;
}

function rowsOf(shown: ServerStatus, requests: readonly GenerationRequests[] = []): string[] {
  const lines: string[] = [];
  const add = (row: Row, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${row.label} | ${row.description ?? ''} | ${row.kind}`);
    for (const child of row.children ?? []) add(child, depth + 1);
  };
  const swaps = story().of('api');
  for (const row of tree([{ ref, command: 'npm run dev', status: shown, swaps, requests }], now, short))
    add(row, 0);
  return lines;
}

test('a generation that drains is another row than it was while it served, so that VS Code opens it', () => {
  const request = { id: 7, kind: 'request' as const, method: 'GET', path: '/slow', ageMs: 1 };
  const requests = [{ generation: 1, known: true as const, requests: [request], more: 0 }];
  const progress = { requests: 1, eventStreams: 0, webSockets: 0, connections: 1 };
  const draining = [{ generation: 1, since: now, pid: 1, ...progress }];
  const rowOf = (status: ServerStatus): Row | undefined =>
    tree([{ ref, command: 'npm run dev', status, swaps: [], requests }], now, short)[0]?.children?.find(
      ({ generation }) => generation === 1,
    );
  const served = rowOf(serving(1));
  const drains = rowOf(serving(2, { draining }));
  assert.deepEqual([served?.open, drains?.open], [undefined, true]);
  assert.notEqual(drains?.id, served?.id);
});

test('the view has servers, their generations, what a drain waits for, the standby and the last swaps', () => {
  const shown = serving(3, {
    serving: generation(3, { since: now - 40_000 }),
    draining: [
      {
        generation: 1,
        since: now - 41_000,
        pid: 1,
        requests: 0,
        eventStreams: 1,
        webSockets: 0,
        connections: 1,
      },
    ],
    standby: {
      state: 'warm',
      memory: 61e6,
      spareMemory: 30e6,
      modules: 212,
      leftOut: ['mongoose (starts a timer)'],
    },
  });
  const requests: GenerationRequests[] = [
    { generation: 3, known: true, requests: [], more: 0 },
    {
      generation: 1,
      known: true,
      requests: [{ id: 7, kind: 'eventStream', method: 'GET', path: '/events', ageMs: 41_300 }],
      more: 2,
    },
  ];
  assert.deepEqual(rowsOf(shown, requests), [
    'api | gen 3 :3000 | server.running',
    '  gen 3 | serving · 40 s · pid 4711 | generation.serving',
    '  gen 1 | draining 41 s · pid 1 · waits for 1 event stream | generation',
    '    GET /events | 41 s · event stream | request',
    '    and 2 more |  | note',
    '  standby | ready · 61 MB · 212 modules loaded · 1 left out · 30 MB for saves that come too early | standby',
    '    mongoose | starts a timer | note',
    '  last swaps |  | swaps',
    '    gen 3 | 30 ms · routes/users.js saved · just now | swap',
    '    gen 2 | failed: SyntaxError in routes/users.js:3, Unexpected token · routes/users.js saved · just now | swap.failed',
    '    gen 1 | 500 ms · first start · 1 min ago | swap',
  ]);
});

test('rows of the same thing have the same id at every look, and no two have one', () => {
  const ids: string[] = [];
  const collect = (row: Row): void => {
    ids.push(row.id);
    row.children?.forEach(collect);
  };
  const known = { ref, command: 'npm run dev', status: serving(3), swaps: story().of('api'), requests: [] };
  tree([known], now, short).forEach(collect);
  assert.equal(new Set(ids).size, ids.length);
  const again: string[] = [...ids];
  ids.length = 0;
  tree([known], now + 5000, short).forEach(collect);
  assert.deepEqual(ids, again);
});

test('every row says of itself what there is to see', () => {
  const check = (row: Row): void => {
    assert.ok(row.spoken.length >= row.label.length, row.id);
    row.children?.forEach(check);
  };
  const known = { ref, command: 'npm run dev', swaps: story().of('api'), requests: [] };
  tree([{ ...known, status: serving(3) }], now, short).forEach(check);
});

test('nothing runs: there are no rows, so that the view can say what it is for; others that run keep those that do not', () => {
  const off = { ref, command: 'npm run dev', status: status(), swaps: [], requests: [] };
  assert.deepEqual(tree([off], now, short), []);
  const web = { ...off, ref: { folder: '/app', server: 'web' }, status: serving(1, { name: 'web' }) };
  assert.deepEqual(
    tree([off, web], now, short).map(({ label, kind }) => `${label} ${kind}`),
    ['api server.off', 'web server.running'],
  );
});

test('earlier code is told as that', () => {
  const back = serving(9, { serving: generation(9, { since: now, codeOf: 7 }) });
  assert.deepEqual(rowsOf(back).slice(0, 2), [
    'api | gen 9 (code of gen 7) :3000 | server.running',
    '  gen 9 | serving · code of gen 7 · 0 s · pid 4711 | generation.serving',
  ]);
});

test('a swap that was slow says why in one clause, a quick one nothing', () => {
  const took = { bootMs: 1200, swapMs: 1300, coldBootMs: 2000 } as const;
  assert.equal(whySlow({ ...took, origin: 'standby' }), 'your own start-up took 1.2 s of 1.3 s');
  assert.equal(
    whySlow({ ...took, origin: 'cold', noStandby: 'package.json changed' }),
    'cold: package.json changed',
  );
  assert.equal(whySlow({ ...took, origin: 'spare' }), 'cold: its standby was not ready yet');
  assert.equal(
    whySlow({ ...took, origin: 'standby', bootMs: 100 }),
    'it waited 1.2 s besides its start-up of 100 ms',
  );
  assert.equal(whySlow({ origin: 'standby', bootMs: 20, swapMs: 30, coldBootMs: 500 }), undefined);
});

test("a day's saves are added up, another day begins anew", () => {
  const kept = new Map<string, unknown>();
  const memory = {
    get: (key: string) => kept.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };
  let day = 'Monday';
  const savings = new Savings(memory, () => day);
  const save = (number: number, kind: 'save' | 'command' = 'save'): void => {
    const tell = (body: EventBody): void => savings.heard('/app', { server: 'api', time: now, ...body });
    tell({
      event: 'starting',
      generation: number,
      pid: 1,
      cause: { kind, files: [], at: now },
      replaces: number - 1,
      origin: 'standby',
    });
    tell({
      event: 'serving',
      generation: number,
      pid: 1,
      bootMs: 20,
      swapMs: 30,
      listeners: [],
      coldBootMs: 1930,
      standby: true,
    });
  };
  for (let number = 2; number <= 5; number += 1) save(number);
  save(6, 'command');
  assert.deepEqual(savings.of(ref), { saves: 4, notWaitedMs: 7600, slow: undefined });
  day = 'Tuesday';
  save(7);
  assert.equal(savings.of(ref).saves, 1);
  assert.deepEqual([total(400_000), total(7_500_000), total(5000)], ['6 min 40 s', '2 h 5 min', '5.0 s']);
});

test('the picture of a swap has a lane for each generation, and its moments in the order in which they were', () => {
  const swaps = story().of('api');
  const scene = buildScene('api', { swaps, chosen: '3', now, relative: short });
  assert.ok(scene);
  assert.deepEqual(
    scene.lanes.map(
      ({ text, spans }) =>
        `${text}: ${spans.map(({ kind, from, to }) => `${kind} ${from}–${to}`).join(', ')}`,
    ),
    [
      'gen 1: serving -40–29, draining 29–2000',
      'gen 3: noticed 0–4, booting 4–25, waiting 25–30, serving 30–2000',
    ],
  );
  assert.deepEqual(
    scene.lanes[1]?.moments.map(({ at, text }) => `${at} ${text}`),
    ['0 saved', '4 released', '24 listens', '25 ready', '30 cutover'],
  );
  assert.match(
    scene.summary,
    /routes\/users\.js saved: gen 3 serves after 30 ms, 2 requests waited for it, gen 1 finished 3 requests and lost 0\./,
  );
  const together = buildScene('api', { swaps, chosen: several, now, relative: short });
  assert.deepEqual(
    together?.lanes.map(({ text }) => text),
    ['gen 1', 'gen 2', 'gen 3'],
  );
  assert.equal(buildScene('api', { swaps: [], chosen: undefined, now, relative: short }), undefined);
});
