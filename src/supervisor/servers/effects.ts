/** Carries out what a handoff decides: tells generations, keeps deadlines, opens and closes listeners. */
import type { Effect, Input } from '../../handoff/state.ts';
import { lastGet } from '../../shared/spec.ts';
import type { Cause, Failure } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Generation } from '../generations/generation.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import { probe, warmUp } from '../generations/probe.ts';
import type { Reporter } from './reporter.ts';
import type { Roster } from './roster.ts';
import { deadlineOf, drainMsOf } from './timers.ts';
import type { Timers } from './timers.ts';

/** Clients wait meanwhile (ms): a warm-up that takes longer defeats its purpose. */
const warmUpMs = 2000;

/** The server for whom it is done. */
export interface EffectsOwner {
  readonly spec: ServerSpec;
  /** The number that the next generation will have. */
  readonly next: number;
  /** What the serving generation answered last, if it was to remember. */
  readonly lastGet: string | undefined;
  spawn(number: number, cause: Cause, replaces: number | undefined): void;
  input(input: Input): void;
}

export class Effects {
  private readonly owner: EffectsOwner;
  private readonly roster: Roster;
  private readonly listeners: ListenerStore;
  private readonly timers: Timers;
  private readonly reporter: Reporter;

  constructor(
    owner: EffectsOwner,
    roster: Roster,
    listeners: ListenerStore,
    timers: Timers,
    reporter: Reporter,
  ) {
    this.owner = owner;
    this.roster = roster;
    this.listeners = listeners;
    this.timers = timers;
    this.reporter = reporter;
  }

  carryOut(effect: Effect): void {
    const member = 'generation' in effect ? this.roster.find(effect.generation) : undefined;
    switch (effect.effect) {
      case 'spawn':
        this.owner.spawn(effect.generation, effect.cause, effect.replaces);
        return;
      case 'probe':
        if (member !== undefined) void this.probe(member.generation);
        return;
      case 'hold':
      case 'prepare':
      case 'release':
        member?.generation.send({ type: effect.effect });
        return;
      case 'stopAccepting':
        this.roster.find(effect.successor)?.generation.comeFirst();
        member?.generation.send({
          type: 'stop',
          successor: this.roster.doorsOf(effect.successor),
          drainMs: drainMsOf(this.owner.spec),
          // Of several processes, one would answer a client after another one had it answered by the successor.
          canary: effect.canary && member.generation.isOneProcess,
        });
        return;
      case 'relay':
        member?.generation.send({ type: 'relay', successor: this.roster.doorsOf(effect.successor) });
        return;
      case 'accept':
        if (member === undefined) return;
        member.generation.served = true;
        this.listeners.settle(effect.generation);
        member.generation.comeFirst();
        member.generation.send({ type: 'accept' });
        if (this.owner.spec.warmUp.includes(lastGet)) member.generation.send({ type: 'remember' });
        return;
      case 'resume':
        delete member?.drain;
        member?.generation.send({ type: 'resume' });
        return;
      case 'ask':
        member?.generation.ask();
        return;
      case 'kill':
        member?.generation.kill();
        return;
      case 'arm':
        this.arm(effect.timer, effect.generation);
        return;
      case 'disarm':
        this.timers.disarm(effect.timer, effect.generation);
        return;
      case 'closeListeners':
        this.listeners.closeAll();
        return;
      case 'report':
        this.reporter.report(effect.report, this.owner.next);
    }
  }

  private arm(timer: Parameters<Timers['arm']>[0], generation: number): void {
    const ms = deadlineOf(timer, this.owner.spec);
    const failure: Failure = {
      generation,
      reason: 'notReady',
      message: `It did not listen within ${String(ms / 1000)} s`,
      advice: 'Is it a Node server, and does its start script leave NODE_OPTIONS as it is?',
    };
    this.timers.arm(timer, generation, ms, () => {
      this.owner.input({ type: 'timeout', timer, generation, failure });
    });
  }

  private async probe(generation: Generation): Promise<void> {
    const door = generation.doors.values().next().value;
    if (door === undefined) return;
    const { probe: path, readyTimeoutMs, warmUp: paths } = this.owner.spec;
    const result = path === undefined ? { ok: true, message: '' } : await probe(door, path, readyTimeoutMs);
    const asked = paths.flatMap((one) => (one === lastGet ? (this.owner.lastGet ?? []) : one));
    if (result.ok) await warmUp(door, asked, warmUpMs);
    const failure: Failure = {
      generation: generation.number,
      reason: 'probeFailed',
      message: `Its probe failed: ${result.message}`,
    };
    this.owner.input({ type: 'probed', generation: generation.number, ...(result.ok ? {} : { failure }) });
  }
}
