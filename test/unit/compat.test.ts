import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { runInThisContext } from 'node:vm';
import type { HandoffEvent } from '../../src/shared/model.ts';
import { countAnswers } from '../compat/figures/answers.mts';
import type { Measured, RowResult, SaveResult } from '../compat/figures/result.mts';
import { countSwaps, readBroken } from '../compat/figures/told.mts';
import { broken } from '../compat/figures/verdict.mts';
import type { Answered } from '../compat/load/clients.mts';
import { markLine, numberOf } from '../compat/load/marks.mts';
import type { Saved } from '../compat/measure/work.mts';
import { recipes } from '../compat/recipes/all.mts';
import { pinned } from '../compat/versions.mts';
import { request } from '../supervisor/running.ts';

const save: SaveResult = {
  kind: 'route',
  file: 'a.js',
  number: 1,
  expected: 'swap',
  swaps: 1,
  starts: 1,
  tookMs: 20,
};
const good: Measured = {
  modules: 10,
  coldBootMs: 100,
  requests: 500,
  failures: {},
  readyLate: 0,
  stale: 0,
  evidence: [],
  saves: [save],
  broken: { refused: true, place: 'a.js:2', expectedPlace: 'a.js:2' },
  uncaused: [],
  standby: { modules: 5, leftOut: [] },
  leftRunning: [],
  notices: [],
};
const row = (changed: Partial<Measured>): RowResult => ({
  name: 'app',
  title: 'app',
  version: '1.0.0',
  command: 'npm start',
  at: '',
  measured: { ...good, ...changed },
});

describe('the verdict of compat', () => {
  it('finds nothing in a row that keeps the promise', () => {
    assert.deepEqual(broken(row({})), []);
  });

  const faults: [string, Partial<Measured>, RegExp][] = [
    ['a failed request', { failures: { refused: 2, reset: 1 } }, /^3 failed$/],
    ['a stale answer', { stale: 1 }, /^1 stale$/],
    ['an answer of 500', { readyLate: 1 }, /500/],
    ['a save that is never served', { saves: [{ ...save, swaps: 0 }] }, /route: never served/],
    ['a save that swaps twice', { saves: [{ ...save, swaps: 2 }] }, /swapped 2 times/],
    ['a swap of what is not loaded', { saves: [{ ...save, expected: 'none' }] }, /nothing of it is loaded/],
    ['a swap that nobody caused', { uncaused: ['gen 3: disk db.json'] }, /nobody caused/],
    ['a broken edit that serves', { broken: { refused: false, expectedPlace: 'a.js:2' } }, /not refused/],
    [
      'a broken edit refused elsewhere',
      { broken: { refused: true, place: 'b.js:1', expectedPlace: 'a.js:2' } },
      /at b\.js:1, not a\.js:2/,
    ],
    ['a builder that was started again', { buildersStarted: 1 }, /builders/],
    ['what is left running', { leftRunning: ['1 node'] }, /left running/],
  ];
  for (const [what, changed, expected] of faults) {
    it(`finds ${what}`, () => {
      assert.match(broken(row(changed)).join('; '), expected);
    });
  }
});

describe('the counts of compat', () => {
  const answer = (changed: Partial<Answered>): Answered => ({
    question: 'GET /',
    kind: 'request',
    client: 'new',
    due: 0,
    tookMs: 1,
    done: 1,
    reused: false,
    status: 200,
    sent: 1,
    sentOrder: 1,
    first: 2,
    firstOrder: 2,
    version: 0,
    ...changed,
  });

  it('tells statuses that are new from those that a server always had', () => {
    const answers = [
      answer({}),
      answer({ question: 'POST /', status: 400 }),
      answer({ status: 404 }),
      answer({ status: 503 }),
      answer({ error: 'reset' }),
    ];
    const counted = countAnswers(answers, { 'GET /': [200], 'POST /': [400] });
    assert.deepEqual(counted.failures, { reset: 1, '404 of GET /': 1 });
    assert.equal(counted.readyLate, 1);
  });

  it('finds an answer of an older save than was seen', () => {
    const older = answer({ sentOrder: 5, firstOrder: 6, version: 1 });
    assert.equal(countAnswers([answer({ version: 2 }), older], { 'GET /': [200] }).stale, 1);
    assert.equal(
      countAnswers([answer({ version: 1 }), { ...older, version: 2 }], { 'GET /': [200] }).stale,
      0,
    );
  });

  const event = (time: number, event: object): HandoffEvent =>
    ({ server: 'app', time, ...event }) as HandoffEvent;
  const starting = (time: number, generation: number, file = 'a.js'): HandoffEvent =>
    event(time, {
      event: 'starting',
      generation,
      origin: 'cold',
      cause: { kind: 'disk', files: [`/app/${file}`], at: time },
    });
  const saved = (time: number, kind: Saved['kind']): Saved => ({
    kind,
    file: 'a.js',
    number: 1,
    expected: 'swap',
    time,
    seen: time + 5,
  });
  const told = {
    start: 5,
    saved: [saved(10, 'entry'), saved(50, 'mended')],
    broken: { file: 'a.js', time: 30, line: 2 },
  };

  it('knows whose doing each generation was', () => {
    const events = [
      ...[starting(11, 2), event(12, { event: 'serving', generation: 2 })],
      ...[starting(20, 3, 'db.json'), event(21, { event: 'serving', generation: 3 })],
      ...[
        starting(31, 4),
        event(32, { event: 'rolledBack', generation: 4, file: '/app/a.js', line: 2, message: 'no' }),
      ],
      ...[starting(51, 5), event(52, { event: 'serving', generation: 5 })],
    ];
    const { saves, uncaused } = countSwaps({ ...told, events });
    assert.deepEqual(
      saves.map(({ swaps }) => swaps),
      [2, 1],
    );
    assert.deepEqual(uncaused, ['gen 3: disk db.json']);
    const refusal = readBroken({ ...told, events }, '/app');
    assert.deepEqual(refusal, { refused: true, message: 'no', place: 'a.js:2', expectedPlace: 'a.js:2' });
  });
});

describe('the line that compat adds to a file', () => {
  it('has each answer tell the number of the save', async (t) => {
    const server = http.createServer((_, response) => response.end('hello'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    for (const number of [1, 2]) runInThisContext(markLine('a.js', number === 1 ? 'entry' : 'route', number));
    const { headers } = await request({ port, host: '127.0.0.1', agent: false });
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    assert.equal(numberOf(`HTTP/1.1 200 OK\r\n${head.join('\r\n')}`, ''), 2);
  });
});

describe('the rows of compat', () => {
  it('have names of their own, and versions of all that they fetch', () => {
    assert.equal(new Set(recipes.map(({ name }) => name)).size, recipes.length);
    assert.ok(recipes.length >= 30);
    for (const { project } of recipes) {
      for (const name of [
        project.packed ?? [],
        project.generator?.packages ?? [],
        project.adds ?? [],
      ].flat()) {
        assert.match(pinned(name), /^.+@\d/);
      }
    }
  });
});
