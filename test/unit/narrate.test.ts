import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { HandoffEvent } from '../../src/shared/model.ts';
import { duration } from '../../src/shared/words/format.ts';
import { Narrator } from '../../src/shared/words/narrate.ts';

const at = (time: number) => ({ server: 'api', time });
const nothing = { finished: 0, eventStreams: 0, webSockets: 0, idle: 0, lost: 0 };

function told(...events: HandoffEvent[]): string[] {
  const narrator = new Narrator((file) => path.relative('/app', file));
  return events.flatMap((event) => narrator.lines(event)).map(({ level, text }) => `${level} ${text}`);
}

describe('the handoff log', () => {
  it('tells a swap in sentences, with the times since the save', () => {
    const cause = { kind: 'save', files: ['/app/server.js'], at: 1000 } as const;
    const lines = told(
      { ...at(1002), event: 'starting', origin: 'cold', generation: 8, pid: 4802, cause, replaces: 7 },
      { ...at(1214), event: 'ready', generation: 8, bootMs: 212, held: 3 },
      { ...at(1216), event: 'cutover', from: 7, to: 8, gapMs: 1.42 },
      {
        ...at(1217),
        event: 'serving',
        standby: false,
        generation: 8,
        pid: 4802,
        bootMs: 212,
        swapMs: 217,
        listeners: [{ key: 'tcp:*:3000', port: 3000, tls: false }],
        coldBootMs: 540,
      },
      {
        ...at(1218),
        event: 'draining',
        generation: 7,
        requests: 2,
        eventStreams: 1,
        webSockets: 0,
        connections: 5,
      },
      {
        ...at(3000),
        event: 'retired',
        generation: 7,
        exitCode: 0,
        signal: null,
        drainMs: 1784,
        served: true,
        ...nothing,
        finished: 5,
        eventStreams: 1,
        idle: 2,
      },
    );
    assert.deepEqual(lines, [
      'info api: server.js saved, swapping gen 7 for 8',
      'info   +2 ms     gen 8 booting',
      'info   +214 ms   gen 8 ready in 212 ms, holding 3 requests',
      'info   +216 ms   cutover 7 → 8 in 1.4 ms',
      'info   +217 ms   gen 8 serves on :3000 (pid 4802). A cold boot took 540 ms.',
      'info   +218 ms   gen 7 draining: 2 requests, 1 event stream',
      'info api: gen 7 finished 5 requests, closed 1 event stream and 2 idle connections, and quit. 0 lost.',
    ]);
  });

  it('says what a generation died of, and that it comes back', () => {
    const cause = { kind: 'crash', files: [], at: 1000 } as const;
    const failure = {
      generation: 7,
      reason: 'crashed',
      message: 'TypeError: no database',
      file: '/app/db.js',
      line: 3,
      column: 9,
    } as const;
    const lines = told(
      { ...at(1001), event: 'crashed', ...failure, comesBack: true },
      { ...at(1002), event: 'starting', origin: 'standby', generation: 8, pid: 4802, cause },
      {
        ...at(1003),
        event: 'retired',
        generation: 7,
        exitCode: 1,
        signal: null,
        drainMs: 0,
        served: true,
        ...nothing,
      },
    );
    assert.deepEqual(lines, [
      'error api: gen 7 crashed: TypeError in db.js:3:9, no database. It comes back with the same code; connections wait, its requests are lost.',
      'info api: back from a crash, starting gen 8',
      'info   +2 ms     gen 8 released from standby (pid 4802)',
    ]);
  });

  it('says that the old generation ends before the next one starts', () => {
    const cause = { kind: 'save', files: ['/app/server.js'], at: 1000 } as const;
    assert.deepEqual(told({ ...at(1001), event: 'vacating', generation: 7, cause }), [
      'info api: server.js saved, ending gen 7 before the next one starts',
    ]);
  });

  it('says what failed, where, what still serves and what to do', () => {
    const lines = told({
      ...at(0),
      event: 'rolledBack',
      generation: 9,
      reason: 'bootError',
      message: "SyntaxError: Unexpected token '}'",
      file: '/app/routes/users.js',
      line: 31,
      column: 14,
      serving: 8,
      released: 4,
    });
    assert.deepEqual(lines, [
      "error api: gen 9 failed to boot: SyntaxError in routes/users.js:31:14, Unexpected token '}'. " +
        'Gen 8 still serves; 4 held requests went to it. Fix and save.',
    ]);
  });

  it('says why a save is no swap', () => {
    assert.deepEqual(
      told(
        { ...at(0), event: 'ignored', file: '/app/README.md', reason: 'notLoaded', generation: 8 },
        { ...at(0), event: 'ignored', file: '/app/server.js', reason: 'unchanged', generation: 8 },
      ),
      [
        'info api: README.md saved, ignored: gen 8 has not loaded it.',
        'info api: server.js saved, ignored: its content is unchanged.',
      ],
    );
  });

  it('writes durations as people read them', () => {
    assert.deepEqual([0.04, 0.55, 9.94, 9.96, 214.4, 1400, 239_000, 7_300_000].map(duration), [
      '0 ms',
      '0.6 ms',
      '9.9 ms',
      '10 ms',
      '214 ms',
      '1.4 s',
      '4 min',
      '2.0 h',
    ]);
  });
});
