import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noStandby, standbyTransition } from '../../src/handoff/standby.ts';
import type { StandbyEffect, StandbyInput, StandbyState } from '../../src/handoff/standby.ts';

/** The processes as the outside would have them. */
class World {
  state: StandbyState = noStandby;
  readonly effects: StandbyEffect[] = [];
  /** Of the one process there may be. */
  alive = false;
  clean = false;
  reported = false;
  released = 0;
  spawned = 0;
  killed = 0;
  lost = 0;

  input(input: StandbyInput): readonly StandbyEffect[] {
    // What an input says about the process is true from here on. It speaks once, and not when it is gone.
    if ((input.type === 'lost' || input.type === 'warm') && !this.alive) return [];
    if (input.type === 'lost') {
      this.alive = false;
      this.lost += 1;
    }
    if (input.type === 'warm') {
      if (this.reported) return [];
      this.reported = true;
      this.clean = input.clean;
    }
    const { state, effects } = standbyTransition(this.state, input);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.check();
    return effects;
  }

  private carryOut(effect: StandbyEffect): void {
    this.effects.push(effect);
    switch (effect.effect) {
      case 'spawn':
        assert.ok(!this.alive, 'two at a time');
        this.alive = true;
        this.clean = this.reported = false;
        this.spawned += 1;
        return;
      case 'kill':
        assert.ok(this.alive, 'kills what is not there');
        this.alive = false;
        this.killed += 1;
        return;
      case 'release':
        assert.ok(this.alive && this.clean, 'released without being known to be clean');
        this.alive = false; // it is a generation now, and never comes back
        this.released += 1;
        return;
      case 'tell':
        if (effect.state === 'warm') assert.ok(this.alive && this.clean, 'told to be warm');
        if (effect.state === 'dropped') assert.notEqual(effect.why, '');
    }
  }

  private check(): void {
    assert.equal(this.alive, this.state.kind !== 'none', `${this.state.kind}, alive: ${this.alive}`);
    assert.equal(this.spawned, this.killed + this.released + this.lost + (this.alive ? 1 : 0));
    if (this.state.kind === 'warm') assert.ok(this.clean);
  }
}

const inputs: fc.Arbitrary<StandbyInput> = fc.oneof(
  fc.constant<StandbyInput>({ type: 'want' }),
  fc.record({ type: fc.constant('warm' as const), clean: fc.boolean() }),
  fc.constant<StandbyInput>({ type: 'lost' }),
  fc.constant<StandbyInput>({ type: 'spoil', why: 'a file changed' }),
  fc.constant<StandbyInput>({ type: 'take' }),
);

function play(...given: StandbyInput[]): World {
  const world = new World();
  for (const input of given) world.input(input);
  return world;
}

const want: StandbyInput = { type: 'want' };
const clean: StandbyInput = { type: 'warm', clean: true };
const unclean: StandbyInput = { type: 'warm', clean: false };
const take: StandbyInput = { type: 'take' };
const lost: StandbyInput = { type: 'lost' };

describe('a standby, whatever happens in whatever order,', () => {
  it('is one process at most, released only when it is clean, and killed if it is not released', () => {
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 60 }), (given) => {
        const world = play(...given);
        world.input({ type: 'spoil', why: 'the server stops' });
        assert.ok(!world.alive);
      }),
      { numRuns: 2000 },
    );
  });

  it('is released at most once for each time that it is told to be warm', () => {
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 60 }), (given) => {
        const { effects, released } = play(...given);
        const warm = effects.filter((effect) => effect.effect === 'tell' && effect.state === 'warm');
        assert.ok(released <= warm.length);
      }),
    );
  });

  it('is not heard of again by who did not ask', () => {
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 60 }), (given) => {
        const world = play(...given);
        world.input({ type: 'spoil', why: 'the server stops' });
        const before = world.spawned;
        for (const input of given) if (input.type !== 'want') world.input(input);
        assert.equal(world.spawned, before);
      }),
    );
  });
});

describe('a standby', () => {
  it('is warmed, released, and another one made on demand only', () => {
    const world = play(want, clean);
    assert.deepEqual(
      world.effects.map((effect) => (effect.effect === 'tell' ? effect.state : effect.effect)),
      ['warming', 'spawn', 'warm'],
    );
    assert.deepEqual(world.input(take), [{ effect: 'release' }]);
    assert.deepEqual([world.state.kind, world.spawned], ['none', 1]);
    world.input(want);
    assert.equal(world.spawned, 2);
  });

  it('is tried again without what it found wanting, but not for ever', () => {
    const world = play(want, unclean, unclean, clean);
    assert.deepEqual([world.state.kind, world.spawned, world.killed], ['warm', 3, 2]);
    const hopeless = play(want, ...Array<StandbyInput>(20).fill(unclean));
    assert.equal(hopeless.state.kind, 'none');
    assert.ok(hopeless.spawned > 3 && hopeless.spawned < 10, String(hopeless.spawned));
  });

  it('is of no use to a swap before it is warm', () => {
    const world = play(want, take);
    assert.deepEqual(
      world.effects.slice(-2).map((effect) => (effect.effect === 'tell' ? effect.state : effect.effect)),
      ['kill', 'dropped'],
    );
  });

  it('that ends by itself again and again is not made any more', () => {
    const world = play(...Array<StandbyInput[]>(20).fill([want, lost]).flat());
    assert.ok(world.spawned < 5, String(world.spawned));
    assert.equal(world.state.kind, 'none');
  });
});
