import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leftoversChecks } from '../bench/figures/leftovers.mts';
import { ratioOf } from '../bench/figures/ratio.mts';
import { afterMoment, afterNewerWasSeen } from '../bench/figures/stale.mts';
import { latencies, spread } from '../bench/figures/stats.mts';
import { warmingWindows } from '../bench/figures/swaps.mts';
import type { Exchange } from '../bench/load/exchange.mts';
import type { Recording } from '../bench/measure/edits.mts';
import type { Leftovers } from '../bench/measure/leftovers.mts';
import { bare } from '../bench/servers/peers.mts';

function exchange(version: number, sent: number, first: number, client = 'new'): Exchange {
  const times = { due: sent, sent, sentOrder: sent, first, firstOrder: first, done: first };
  return { kind: 'request', client, version, tookMs: first - sent, reused: false, ...times };
}

function recording(parts: Partial<Recording>): Recording {
  return {
    peer: bare,
    saves: [],
    boots: [],
    exchanges: [],
    lateMs: [],
    events: [],
    complaints: [],
    ...parts,
  };
}

describe('stale answers', () => {
  it('are those that a client got after it had seen newer code', () => {
    const { stale, overtaken } = afterNewerWasSeen([
      exchange(1, 0, 1),
      exchange(2, 10, 11),
      exchange(1, 20, 21),
    ]);
    assert.equal(stale.length, 1);
    assert.equal(overtaken, 0);
  });

  it('are not those that were under way when the newer code answered', () => {
    const { stale, overtaken } = afterNewerWasSeen([exchange(2, 10, 11), exchange(1, 9, 12)]);
    assert.equal(stale.length, 0);
    assert.equal(overtaken, 1);
  });

  it('are told apart by client', () => {
    const { stale } = afterNewerWasSeen([exchange(2, 10, 11, 'kept-1'), exchange(1, 20, 21, 'kept-2')]);
    assert.equal(stale.length, 0);
  });

  it('are counted from a moment of the save, less than a millisecond excused', () => {
    const save = { kind: 'good', version: 2, time: 100, firstNew: 110 } as const;
    const exchanges = [exchange(1, 100, 105), exchange(1, 101, 106), exchange(2, 102, 110)];
    const found = afterMoment(recording({ saves: [save], exchanges }), ({ time }) => time);
    assert.deepEqual(
      found.map(({ lateByMs }) => lateByMs),
      [1],
    );
  });
});

describe('warming', () => {
  it('lasts from serving to warm, and not beyond the next swap', () => {
    const events = [
      { event: 'serving', time: 0, generation: 1 },
      { event: 'standby', state: 'warming', time: 1 },
      { event: 'standby', state: 'warm', time: 50 },
      { event: 'serving', time: 60, generation: 2 },
      { event: 'standby', state: 'warming', time: 61 },
      { event: 'standby', state: 'dropped', time: 65 },
      { event: 'serving', time: 70, generation: 3 },
    ];
    assert.deepEqual(warmingWindows(recording({ events })), [{ from: 0, to: 50 }]);
  });
});

describe('statistics', () => {
  it('of nothing are not numbers', () => {
    assert.equal(spread([]).n, 0);
    assert.ok(Number.isNaN(latencies([]).p99));
  });

  it('compare round by round', () => {
    const one = { perSecond: [90, 45, 180] };
    const base = { perSecond: [100, 50, 200] };
    assert.deepEqual(ratioOf(one, base), { median: 0.9, plusMinus: 0 });
  });
});

describe('leftovers', () => {
  const clean: Leftovers = {
    peer: 'untouched',
    saves: 0,
    seen: 0,
    timersPerSecond: 10,
    connections: 1,
    loads: 1,
    listeners: 1,
    rssGrowthMb: NaN,
  };
  const ours: Leftovers = { ...clean, peer: 'hot-swap', saves: 20, seen: 20, timersPerSecond: 9.4 };

  it('are none if everything is there once', () => {
    assert.deepEqual(
      leftoversChecks([clean, ours]).map(({ ok }) => ok),
      [true],
    );
  });

  for (const more of [{ connections: 2 }, { timersPerSecond: 20 }, { loads: NaN }, { seen: 19 }]) {
    it(`are noticed: ${JSON.stringify(more)}`, () => {
      assert.deepEqual(
        leftoversChecks([clean, { ...ours, ...more }]).map(({ ok }) => ok),
        [false],
      );
    });
  }
});
