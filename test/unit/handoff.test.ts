import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { activeOf, candidateOf, initial } from '../../src/handoff/state.ts';
import type { Effect, Handoff, HandoffConfig, Input, Timer } from '../../src/handoff/state.ts';
import { transition } from '../../src/handoff/transition.ts';
import type { Failure } from '../../src/shared/failure.ts';
import type { Cause } from '../../src/shared/model.ts';

const cause: Cause = { kind: 'save', files: ['/app/server.js'], at: 0 };
/** How it was lost: by a crash, after it had answered a client. */
const crash = (generation: number) =>
  ({ generation, failure: failureOf(generation), clean: false, answered: true, at: 5 }) as const;
const failureOf = (generation: number): Failure => ({ generation, reason: 'crashed', message: 'crashed' });

/** Processes and timers as the outside would have them; it only does what it was told or what can just happen. */
class World {
  state: Handoff = initial;
  readonly config: HandoffConfig;
  readonly alive = new Set<number>();
  readonly accepting = new Set<number>();
  readonly askedToLeave = new Set<number>();
  /** Answers that a process owes: they arrive later, in any order between processes. */
  readonly owed: Input[] = [];
  readonly timers = new Map<string, { readonly timer: Timer; readonly generation: number }>();
  readonly spawned: number[] = [];
  readonly effects: Effect[] = [];
  /** From a crash, not long ago. */
  private cameBack = false;

  constructor(config: HandoffConfig) {
    this.config = config;
  }

  input(input: Input): void {
    this.happen(input);
    const step = transition(this.state, input, this.config);
    this.state = step.state;
    for (const effect of step.effects) this.carryOut(effect);
    this.check();
  }

  /** What an input says about the processes is true from here on. */
  private happen(input: Input): void {
    if (input.type === 'timeout' && input.timer === 'relapse') this.cameBack = false;
    if (input.type === 'gone') this.alive.delete(input.generation);
    if (input.type === 'gone' || input.type === 'lost' || input.type === 'stopped') {
      this.accepting.delete(input.generation);
    }
    if (input.type === 'timeout' && input.timer === 'cutover') this.accepting.delete(input.generation); // its loop is blocked
    if (input.type === 'resumed' && input.ok) {
      this.accepting.add(input.generation);
    }
  }

  private carryOut(effect: Effect): void {
    this.effects.push(effect);
    switch (effect.effect) {
      case 'spawn':
        assert.ok(
          this.spawned.every((number) => number < effect.generation),
          'numbers grow',
        );
        this.spawned.push(effect.generation);
        if (!this.config.overlap || this.state.exclusive === true)
          assert.deepEqual([...this.alive], [], `gen ${effect.generation} is started beside others`);
        if (effect.cause.kind === 'crash') {
          assert.ok(!this.cameBack, `gen ${effect.generation} comes back a second time`);
          this.cameBack = true;
        } else {
          this.cameBack = false; // other code
        }
        this.alive.add(effect.generation);
        return;
      case 'stopAccepting':
        assert.ok(
          !this.isPaused(effect.generation),
          `gen ${effect.generation} is replaced while it is paused`,
        );
        this.owed.push({ type: 'stopped', generation: effect.generation });
        this.owed.push({ type: 'drained', generation: effect.generation });
        return;
      case 'vacate':
        assert.ok(!this.config.overlap || this.state.exclusive === true, 'it leaves for nothing');
        this.owed.push({ type: 'stopped', generation: effect.generation });
        this.owed.push({ type: 'drained', generation: effect.generation });
        return;
      case 'endReserves':
        this.owed.push({ type: 'reservesGone' });
        return;
      case 'resume':
        this.owed.push({ type: 'resumed', generation: effect.generation, ok: true });
        return;
      case 'check':
        this.owed.splice(0, this.owed.length, ...this.owed.filter(({ type }) => type !== 'checked'));
        this.owed.push({ type: 'checked', generation: effect.generation });
        return;
      case 'probe':
        this.owed.push({ type: 'probed', generation: effect.generation });
        return;
      case 'accept':
        assert.deepEqual([...this.accepting], [], `gen ${effect.generation} accepts while another does`);
        this.accepting.add(effect.generation);
        return;
      case 'ask':
      case 'kill':
        this.askedToLeave.add(effect.generation);
        return;
      case 'arm':
        this.timers.set(`${effect.timer}:${effect.generation}`, effect);
        return;
      case 'disarm':
        this.timers.delete(`${effect.timer}:${effect.generation}`);
        return;
      case 'closeListeners': {
        const { phase } = this.state;
        const nobody =
          phase.kind === 'off' || (phase.kind === 'down' && !phase.holding) || phase.kind === 'starting';
        assert.ok(nobody, `listeners closed in ${phase.kind}`);
        assert.deepEqual([...this.accepting], []);
        return;
      }
      default:
    }
  }

  /** Nothing is to happen to it, unless to all. */
  private isPaused(generation: number): boolean {
    return this.state.phase.kind !== 'stopping' && this.state.paused?.includes(generation) === true;
  }

  private check(): void {
    const { phase, leaving, paused = [] } = this.state;
    for (const number of paused) assert.ok(this.alive.has(number), `gen ${number} is paused, and gone`);
    for (const { timer, generation } of this.timers.values()) {
      const mayPass = timer === 'probation' || !this.isPaused(generation);
      assert.ok(mayPass, `gen ${generation} is paused, and its time for ${timer} runs`);
    }
    if (phase.kind === 'swapping' && phase.candidate.stage === 'waiting')
      assert.ok(this.isPaused(phase.active), `gen ${phase.candidate.number} waits for nothing`);
    const accounted = [candidateOf(phase), activeOf(phase), ...leaving.map((one) => one.number)];
    for (const number of this.alive) assert.ok(accounted.includes(number), `gen ${number} is forgotten`);
    assert.ok(this.accepting.size <= 1, `${[...this.accepting].join(' and ')} accept`);
    const isRecent = this.state.crash?.recent === true;
    assert.equal(this.timers.has('relapse:0'), isRecent, 'a crash is recent for a while');
    const isUp = phase.kind !== 'off' && phase.kind !== 'down' && phase.kind !== 'stopping';
    assert.ok(isUp || this.state.crash === undefined, `a crash is remembered in ${phase.kind}`);
    const mayWait =
      phase.kind === 'swapping' || phase.kind === 'cutover' || this.state.probation !== undefined;
    for (const one of leaving) {
      assert.ok(one.stage !== 'drained' || mayWait, `gen ${one.number} waits for nothing`);
      const watched = one.stage === 'draining' || one.stage === 'drained' ? 'drain' : 'end';
      if (one.stage !== 'killed' && !this.isPaused(one.number))
        assert.ok(this.timers.has(`${watched}:${one.number}`), `gen ${one.number} may stay`);
    }
  }

  /** Something that can happen now, chosen by `choice`. */
  possible(): Input[] {
    const inputs: Input[] = [
      { type: 'swap', cause },
      { type: 'swap', cause },
      { type: 'start', cause },
      { type: 'exclusive' },
      { type: 'stop' },
      { type: 'stop', then: cause },
    ];
    for (const generation of this.alive) {
      if (!this.accepting.has(generation)) inputs.push({ type: 'ready', generation });
      if (generation % 5 === 1) inputs.push({ type: 'unmanaged', generation });
      inputs.push({
        type: this.state.paused?.includes(generation) === true ? 'continued' : 'paused',
        generation,
      });
      inputs.push({ type: 'lost', ...crash(generation), answered: generation % 3 > 0 });
      const contended: Failure = { ...failureOf(generation), contended: true };
      if (generation % 4 === 0) inputs.push({ type: 'lost', ...crash(generation), failure: contended });
      inputs.push({ type: 'gone', ...crash(generation), clean: generation % 2 === 0 });
    }
    for (const { number } of this.state.leaving)
      if (this.alive.has(number)) inputs.push({ type: 'passing', generation: number });
    for (const owed of this.owed)
      if (owed.type === 'checked') inputs.push(owed, { ...owed, failure: failureOf(owed.generation) });
      else if (
        !('generation' in owed) ||
        (this.alive.has(owed.generation) && !this.isPaused(owed.generation))
      )
        inputs.push(owed);
    for (const { timer, generation } of this.timers.values()) {
      inputs.push({ type: 'timeout', timer, generation, failure: failureOf(generation) });
    }
    return inputs;
  }

  take(input: Input): void {
    const at = this.owed.findIndex(
      (owed) => owed === input || (owed.type === 'checked' && input.type === 'checked'),
    );
    if (at >= 0) this.owed.splice(at, 1);
    const { phase, next } = this.state;
    if (input.type === 'timeout') this.timers.delete(`${input.timer}:${input.generation}`);
    // A process that is lost accepts nothing and says nothing any more.
    if (input.type === 'lost' || input.type === 'gone') {
      for (const owed of [...this.owed]) {
        if ('generation' in owed && owed.generation === input.generation)
          this.owed.splice(this.owed.indexOf(owed), 1);
      }
    }
    this.input(input);
    if (input.type !== 'checked' || input.failure === undefined || phase.kind !== 'serving') return;
    const isRefused = phase.checking !== undefined && input.generation === next;
    const { active } = phase;
    if (isRefused) assert.deepEqual(this.state.phase, { kind: 'serving', active, failure: input.failure });
  }
}

const usual: HandoffConfig = { hold: true, probe: false, overlap: true };
const configs = fc.record({ hold: fc.boolean(), probe: fc.boolean(), overlap: fc.boolean() });

describe('the handoff', () => {
  it('keeps its invariants whatever order of events arrives', () => {
    fc.assert(
      fc.property(configs, fc.array(fc.nat(), { maxLength: 60 }), (config, choices) => {
        const world = new World(config);
        for (const choice of choices) {
          const inputs = world.possible();
          world.take(inputs[choice % inputs.length]!);
        }
        // However it went: a stop ends everything, and every generation was told to leave or left by itself.
        world.input({ type: 'stop' });
        for (const generation of [...world.alive]) {
          assert.ok(world.askedToLeave.has(generation), `gen ${generation} was never asked to leave`);
          world.input({ type: 'gone', ...crash(generation), clean: true });
        }
        for (const owed of [...world.owed]) if (owed.type === 'reservesGone') world.take(owed);
        assert.equal(world.state.phase.kind, 'off');
        assert.deepEqual(world.state.leaving, []);
        assert.equal(
          world.effects.filter(({ effect }) => effect === 'closeListeners').length > 0 ||
            world.spawned.length === 0,
          true,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('takes nobody away whom a debugger has stopped: the swap follows when it goes on', () => {
    const world = new World(usual);
    const timers = (): string[] =>
      [...world.timers.keys()].filter((key) => !key.startsWith('probation')).sort();
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'paused', generation: 1 });
    world.input({ type: 'swap', cause });
    assert.deepEqual(timers(), ['ready:2'], 'clients wait as long as it is paused');
    world.input({ type: 'paused', generation: 2 });
    assert.deepEqual(timers(), [], 'so they do at a breakpoint in its start');
    world.input({ type: 'continued', generation: 2 });
    assert.deepEqual(timers(), ['ready:2']);
    world.input({ type: 'ready', generation: 2 });
    const waiting = { number: 2, cause, stage: 'waiting' } as const;
    assert.deepEqual(world.state.phase, { kind: 'swapping', active: 1, candidate: waiting, holding: true });
    const pending = { kind: 'pending', generation: 1, candidate: 2 } as const;
    assert.deepEqual(world.effects.at(-1), { effect: 'report', report: pending });
    world.input({ type: 'continued', generation: 1 });
    assert.deepEqual(world.state.phase, { kind: 'cutover', from: 1, to: 2, cause });
    world.input({ type: 'paused', generation: 1 });
    assert.deepEqual(timers(), [], 'stopped before it could let go of the port');
    world.input({ type: 'continued', generation: 1 });
    world.input({ type: 'stopped', generation: 1 });
    assert.deepEqual(timers(), ['drain:1']);
    world.input({ type: 'paused', generation: 1 });
    assert.deepEqual(timers(), [], 'its last request is stopped');
    world.input({ type: 'stop' });
    assert.deepEqual(timers(), ['end:1', 'end:2'], 'unless all is to stop');
  });

  it('takes a listener from one generation to the next in order', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'ready', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'cutover', from: 1, to: 2, cause });
    world.input({ type: 'stopped', generation: 1 });
    const order = world.effects.map((effect) =>
      'generation' in effect ? `${effect.effect} ${effect.generation}` : effect.effect,
    );
    const handoff = ['hold 1', 'spawn 2', 'stopAccepting 1', 'accept 2'];
    assert.deepEqual(
      order.filter((step) => handoff.includes(step)),
      handoff,
    );
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 2 });
    assert.deepEqual(world.state.leaving, [{ number: 1, stage: 'draining' }]);
  });

  it('is over when the standby is gone, too, which has the listeners', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'stop' });
    world.input({ type: 'gone', ...crash(1), clean: true });
    assert.deepEqual(world.state.phase, { kind: 'stopping', reserved: true });
    world.input({ type: 'reservesGone' });
    assert.deepEqual(world.state.phase, { kind: 'off' });
    const last = world.effects.slice(-2).map(({ effect }) => effect);
    assert.deepEqual(last, ['closeListeners', 'report']);
  });

  it('waits for a slow one where nothing else serves, and only there', () => {
    const world = new World(usual);
    const tooLate = (generation: number): void =>
      world.input({ type: 'timeout', timer: 'ready', generation, failure: failureOf(generation) });
    world.input({ type: 'start', cause });
    tooLate(1);
    assert.deepEqual(world.effects.at(-1), {
      effect: 'report',
      report: { kind: 'slow', failure: failureOf(1) },
    });
    world.input({ type: 'ready', generation: 1 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 1 });
    world.input({ type: 'swap', cause });
    tooLate(2);
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 1, failure: failureOf(2) });
  });

  it('leaves alone what listens without taking part, and ends it only before another one', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'unmanaged', generation: 1 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 1, unmanaged: true });
    assert.equal(world.timers.size, 0);
    world.input({ type: 'swap', cause });
    assert.deepEqual(
      [world.state.phase.kind, [...world.askedToLeave], world.spawned],
      ['vacating', [1], [1]],
    );
    world.input({ type: 'gone', ...crash(1) });
    assert.deepEqual(world.spawned, [1, 2]);
    world.input({ type: 'unmanaged', generation: 2 });
    // The server that was meant has begun to listen after all.
    world.input({ type: 'ready', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 2 });
    assert.deepEqual([...world.accepting], [2]);
  });

  it('replaces a booting generation by a newer save, and never queues', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'swap', cause });
    assert.equal(candidateOf(world.state.phase), 3);
    assert.ok(world.askedToLeave.has(2));
    world.input({ type: 'ready', generation: 2 }); // too late
    assert.equal(world.state.phase.kind, 'swapping');
  });

  it('goes back to the old generation when the new one crashes in its probation', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'ready', generation: 2 });
    world.input({ type: 'stopped', generation: 1 });
    world.input({ type: 'lost', ...crash(2) });
    assert.equal(world.state.phase.kind, 'resuming');
    world.input({ type: 'resumed', generation: 1, ok: true });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 1, failure: failureOf(2) });
  });

  it('tries once more alone what failed in its probation for what the old generation holds', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'ready', generation: 2 });
    world.input({ type: 'stopped', generation: 1 });
    world.input({ type: 'lost', ...crash(2), failure: { ...failureOf(2), contended: true } });
    world.input({ type: 'resumed', generation: 1, ok: true });
    world.input({ type: 'gone', ...crash(2) });
    world.input({ type: 'checked', generation: 3 });
    assert.deepEqual([world.state.phase.kind, world.spawned], ['vacating', [1, 2]]);
    world.input({ type: 'gone', ...crash(1) });
    assert.deepEqual(world.spawned, [1, 2, 3]);
  });

  it('has nobody leave while somebody takes over, nor lets them pile up', () => {
    const world = new World(usual);
    const stages = (): string[] => world.state.leaving.map(({ number, stage }) => `${number} ${stage}`);
    const swap = (from: number): void => {
      world.input({ type: 'swap', cause });
      world.input({ type: 'ready', generation: from + 1 });
      world.input({ type: 'stopped', generation: from });
    };
    const endProbation = (generation: number): void =>
      world.input({ type: 'timeout', timer: 'probation', generation, failure: failureOf(generation) });
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    swap(1);
    endProbation(2);
    world.input({ type: 'swap', cause });
    world.input({ type: 'drained', generation: 1 });
    assert.deepEqual(stages(), ['1 drained'], 'while its successor is replaced');
    world.input({ type: 'ready', generation: 3 });
    world.input({ type: 'stopped', generation: 2 });
    world.input({ type: 'drained', generation: 2 });
    assert.deepEqual(stages(), ['1 drained', '2 drained'], 'in the first moments of who took over');
    swap(3);
    assert.deepEqual(stages(), ['2 drained', '1 asked', '3 draining'], 'the next swap begins');
    endProbation(4);
    assert.deepEqual(stages(), ['1 asked', '3 draining', '2 asked']);
    world.input({ type: 'drained', generation: 3 });
    assert.deepEqual(stages(), ['1 asked', '2 asked', '3 asked'], 'nothing is under way');
  });

  it('brings a generation back that dies while it serves, but not twice in a row', () => {
    const world = new World(usual);
    const last = (): Effect | undefined => world.effects.findLast(({ effect }) => effect === 'spawn');
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'lost', ...crash(1) });
    assert.deepEqual(last(), { effect: 'spawn', generation: 2, cause: { kind: 'crash', files: [], at: 5 } });
    world.input({ type: 'ready', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 2 });
    assert.deepEqual(world.state.crash, { failure: failureOf(1), recent: true }, 'it is still told');
    world.take({ type: 'timeout', timer: 'relapse', generation: 0, failure: failureOf(0) });
    world.input({ type: 'gone', ...crash(2) });
    world.input({ type: 'ready', generation: 3 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 3 });
    world.input({ type: 'lost', ...crash(3) });
    assert.deepEqual(world.state.phase, { kind: 'down', failure: failureOf(3), holding: true });
  });

  it('does not bring back who never answered, nor who ends without an error', () => {
    for (const [how, kind] of [
      [{ answered: false }, 'down'],
      [{ clean: true }, 'off'],
    ] as const) {
      const world = new World(usual);
      world.input({ type: 'start', cause });
      world.input({ type: 'ready', generation: 1 });
      world.input({ type: 'gone', ...crash(1), ...how });
      assert.equal(world.state.phase.kind, kind);
    }
  });

  it('forgets a crash with the next save', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'lost', ...crash(1) });
    world.input({ type: 'ready', generation: 2 });
    world.input({ type: 'swap', cause });
    assert.equal(world.state.crash, undefined);
    world.input({ type: 'ready', generation: 3 });
    world.input({ type: 'stopped', generation: 2 });
    world.input({ type: 'timeout', timer: 'probation', generation: 3, failure: failureOf(3) });
    world.input({ type: 'lost', ...crash(3) });
    assert.equal(candidateOf(world.state.phase), 4);
  });

  it('leaves it to who boots already when the serving one dies', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'lost', ...crash(1) });
    assert.deepEqual(world.spawned, [1, 2]);
    assert.equal(candidateOf(world.state.phase), 2);
    world.input({ type: 'ready', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 2 });
  });

  it('has the old generation leave before the next one starts, where only one may be up', () => {
    const world = new World({ ...usual, overlap: false });
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'checked', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'vacating', cause, from: 1 });
    world.input({ type: 'swap', cause }); // saved again: it will be in the next one anyway
    world.input({ type: 'stopped', generation: 1 });
    world.input({ type: 'drained', generation: 1 });
    assert.deepEqual(world.state.leaving, [{ number: 1, stage: 'asked' }]);
    assert.deepEqual(world.spawned, [1]);
    world.input({ type: 'gone', ...crash(1), clean: true });
    assert.deepEqual(world.spawned, [1, 2]);
    world.input({ type: 'ready', generation: 2 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 2 });
  });

  it('ends nobody for code that would not load, where only one may be up', () => {
    const world = new World({ ...usual, overlap: false });
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    const newer: Cause = { ...cause, at: 1 };
    world.input({ type: 'swap', cause: newer }); // saved again while it is looked
    world.input({ type: 'checked', generation: 2, failure: failureOf(2) });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 1, failure: failureOf(2) });
    world.input({ type: 'checked', generation: 3 }); // nobody has asked
    world.input({ type: 'swap', cause: newer });
    world.input({ type: 'checked', generation: 3 });
    assert.deepEqual(world.state.phase, { kind: 'vacating', cause: newer, from: 1 });
    world.input({ type: 'gone', ...crash(1), clean: true });
    assert.deepEqual([world.state.leaving, world.spawned], [[], [1, 3]]);
  });

  it('finds out that only one may be up, and tries again when the old one is gone', () => {
    const world = new World(usual);
    const contended: Failure = { ...failureOf(2), contended: true };
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'lost', ...crash(2), failure: contended });
    assert.deepEqual(world.state.phase, { kind: 'vacating', cause, from: 1 });
    world.input({ type: 'gone', ...crash(2), failure: contended });
    world.input({ type: 'gone', ...crash(1), clean: true });
    world.input({ type: 'ready', generation: 3 });
    assert.deepEqual(world.state.phase, { kind: 'serving', active: 3 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'checked', generation: 4 });
    assert.deepEqual(world.state.phase, { kind: 'vacating', cause, from: 3 }, 'it is remembered');
    world.input({ type: 'gone', ...crash(3), clean: true });
    world.input({ type: 'lost', ...crash(4), failure: { ...failureOf(4), contended: true } });
    assert.equal(world.state.phase.kind, 'down', 'alone, it is its own fault');
  });

  it('lets who stays for what it passed on stay, and ends it with the server', () => {
    const world = new World(usual);
    const armed = (): number => world.effects.filter(({ effect }) => effect === 'arm').length;
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'swap', cause });
    world.input({ type: 'ready', generation: 2 });
    world.input({ type: 'stopped', generation: 1 });
    const before = armed();
    world.input({ type: 'passing', generation: 1 });
    world.input({ type: 'passing', generation: 1 });
    assert.equal(armed(), before + 2, 'its deadline begins again');
    world.input({ type: 'timeout', timer: 'drain', generation: 1, failure: failureOf(1) });
    assert.deepEqual(world.state.leaving, [{ number: 1, stage: 'asked' }], 'it was silent');
    world.input({ type: 'stop' });
    const stopping = armed();
    world.input({ type: 'passing', generation: 1 });
    assert.equal(armed(), stopping);
  });

  it('holds connections when nothing can serve, and lets them go after a deadline', () => {
    const world = new World(usual);
    world.input({ type: 'start', cause });
    world.input({ type: 'ready', generation: 1 });
    world.input({ type: 'lost', ...crash(1), answered: false });
    assert.deepEqual(world.state.phase, { kind: 'down', failure: failureOf(1), holding: true });
    world.input({ type: 'timeout', timer: 'down', generation: 0, failure: failureOf(0) });
    assert.equal(world.effects.at(-1)?.effect, 'closeListeners');
  });
});
