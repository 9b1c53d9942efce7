/** Carries out what a handoff decides: tells generations, keeps deadlines, opens and closes listeners. */
import { runtimeOf } from '../../runtimes/registry.ts';
import { activeOf, candidateOf } from '../../handoff/state.ts';
import type { Effect } from '../../handoff/state.ts';
import { lastGet } from '../../shared/spec.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Generation } from '../generations/generation.ts';
import { probe, warmUp } from '../generations/probe.ts';
import type { ServerContext } from './context.ts';
import { Soundness } from '../soundness/soundness.ts';
import type { Succession } from './succession.ts';
import { deadlineOf, ownDrainMsOf } from './timers.ts';
import type { Timers } from './timers.ts';

/** Clients wait meanwhile (ms): a warm-up that takes longer defeats its purpose. */
const warmUpMs = 2000;
/** Clients are let in so long (ms) before it would have failed for not being ready. */
const slackMs = 1000;

export class Effects {
  private readonly server: ServerContext;
  private readonly timers: Timers;
  private readonly succession: Succession;
  private readonly soundness: Soundness;

  constructor(server: ServerContext, timers: Timers, succession: Succession) {
    this.server = server;
    this.timers = timers;
    this.succession = succession;
    this.soundness = new Soundness(server.env);
  }

  carryOut(effect: Effect): void {
    const { roster, listeners, reporter } = this.server;
    const spec = this.server.spec();
    const member = 'generation' in effect ? roster.find(effect.generation) : undefined;
    switch (effect.effect) {
      case 'spawn':
        this.succession.spawn(effect.generation, effect.cause, effect.replaces);
        return;
      case 'check':
        void this.check(effect.generation);
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
        roster.find(effect.successor)?.generation.comeFirst();
        member?.generation.send({
          type: 'stop',
          successor: roster.doorsOf(effect.successor),
          drainMs: ownDrainMsOf(spec),
          // Of several processes, one would answer a client after another one had it answered by the successor.
          canary: effect.canary && member.generation.peers.size === 1,
        });
        return;
      case 'vacate':
        member?.generation.send({ type: 'vacate', drainMs: ownDrainMsOf(spec) });
        return;
      case 'relay':
        member?.generation.send({ type: 'relay', successor: roster.doorsOf(effect.successor) });
        return;
      case 'accept':
        if (member === undefined) return;
        member.generation.served = true;
        listeners.settle(effect.generation);
        member.generation.comeFirst();
        member.generation.send({ type: 'accept' });
        if (spec.warmUp.includes(lastGet) || this.server.lateness.asks)
          member.generation.send({ type: 'remember' });
        return;
      case 'resume':
        delete member?.drain;
        member?.generation.send({ type: 'resume' });
        return;
      case 'ask':
        member?.generation.ask(this.succeededSince(effect.generation));
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
      case 'endReserves':
        void this.endReserves();
        return;
      case 'closeListeners':
        listeners.closeAll();
        return;
      case 'report':
        reporter.report(effect.report, this.server.handoff().next);
        // The one that would have been ready for the next save failed with this one.
        if (effect.report.kind === 'rolledBack') this.server.standby.again();
    }
  }

  private async endReserves(): Promise<void> {
    const { standby } = this.server;
    standby.drop('the server is stopped');
    await standby.gone();
    this.server.input({ type: 'reservesGone' });
  }

  /** When the first of those started that go on without it (ms since the epoch), if there are any. */
  private succeededSince(generation: number): number | undefined {
    const { phase } = this.server.handoff();
    const later = [activeOf(phase), candidateOf(phase)].filter(
      (number) => number !== undefined && number > generation,
    );
    if (later.length === 0) return undefined;
    // One that is about to be started is not there yet.
    const now = this.server.env.clock.now();
    return Math.min(...later.map((number) => this.server.roster.find(number)?.generation.startedAt ?? now));
  }

  private arm(timer: Parameters<Timers['arm']>[0], generation: number): void {
    const ms = deadlineOf(timer, this.server.spec(), this.server.reporter.coldBootMs);
    this.timers.arm(timer, generation, ms, () => {
      this.server.input({ type: 'timeout', timer, generation, failure: this.notReady(generation, ms) });
    });
  }

  private notReady(generation: number, ms: number): Failure {
    const found = this.server.roster.find(generation)?.generation;
    const isInvited = found?.peers.isInvited === true;
    const listens = found !== undefined && found.bootMs > 0;
    const advice = isInvited
      ? 'If it only needs more time, a longer readyTimeout gives it that.'
      : (found?.tree.attended ?? runtimeOf(this.server.spec().command).errors).notReadyAdvice;
    return {
      generation,
      reason: 'notReady',
      message: `It ${listens ? 'listens, but was not ready' : 'did not listen'} within ${String(ms / 1000)} s`,
      advice,
    };
  }

  /** Would it load? Who serves is ended for it. */
  private async check(generation: number): Promise<void> {
    const { env, roster, attending } = this.server;
    const at = env.clock.now();
    const serving = attending.isAttended ? undefined : this.server.active()?.generation;
    const place = await this.soundness.unsound(serving, this.server.spec());
    if (place === false) return;
    if (place !== undefined) roster.refused = { generation, at };
    const failure: Failure | undefined = place && { generation, reason: 'bootError', ...place };
    this.server.input({ type: 'checked', generation, ...(failure === undefined ? {} : { failure }) });
  }

  private async probe(generation: Generation): Promise<void> {
    const door = generation.doors.values().next().value;
    if (door === undefined) return;
    // Nobody but the system decides who answers.
    if (door === '') {
      this.server.input({ type: 'probed', generation: generation.number });
      return;
    }
    const { probe: path, readyTimeoutMs, warmUp: paths } = this.server.spec();
    const last = this.server.active()?.generation.peers.lastGet;
    const result = path === undefined ? { ok: true, message: '' } : await probe(door, path, readyTimeoutMs);
    if (path === undefined && generation.tree.inherited.size > 0) {
      const patienceMs = Math.max(0, readyTimeoutMs - generation.bootMs - slackMs);
      await this.server.lateness.wait(generation.number, generation.doors, last, patienceMs);
    }
    const asked = paths.flatMap((one) => (one === lastGet ? (last?.path ?? []) : one));
    if (result.ok) await warmUp(door, asked, warmUpMs);
    const failure: Failure = {
      generation: generation.number,
      reason: 'probeFailed',
      message: `Its probe failed: ${result.message}`,
    };
    this.server.input({ type: 'probed', generation: generation.number, ...(result.ok ? {} : { failure }) });
  }
}
