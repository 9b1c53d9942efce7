/** One server: carries out what its handoff decides, and tells the handoff and the clients what happens. */
import { transition } from '../handoff/transition.ts';
import { activeOf, candidateOf, initial } from '../handoff/state.ts';
import type { Effect, Handoff, Input, Report } from '../handoff/state.ts';
import type {
  Cause,
  DrainProgress,
  DrainResult,
  Failure,
  GenerationStatus,
  HandoffEvent,
  ListenerStatus,
  OutputChunk,
  ServerSpec,
  ServerStatus,
  SwapOutcome,
} from '../shared/model.ts';
import type { ControlServer } from './control-server.ts';
import type { Environment } from './environment.ts';
import { Generation } from './generation.ts';
import type { GenerationEvents, LoadedAnswer } from './generation.ts';
import { History } from './history.ts';
import { ListenerStore } from './listener-store.ts';
import { probe } from './probe.ts';
import { statusOf } from './server-status.ts';
import { deadlineOf, Timers } from './timers.ts';
import { Waiters } from './waiters.ts';

export interface ServerEvents {
  changed(status: ServerStatus): void;
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
  exchanged(line: string): void;
  /** A generation serves, with what it has loaded so far. */
  loaded(answer: LoadedAnswer): void;
}

type EventBody = HandoffEvent extends infer E
  ? E extends HandoffEvent
    ? Omit<E, 'server' | 'time'>
    : never
  : never;

/** What is remembered of a generation besides its processes. */
interface Record {
  readonly generation: Generation;
  readonly cause: Cause;
  drain?: { readonly since: number; progress: DrainProgress; result?: DrainResult };
}

/** A listener that the new code did not ask for within this time (ms) of serving is closed. */
const lateClaimMs = 5000;
const nothing: DrainResult = { finished: 0, eventStreams: 0, webSockets: 0, idle: 0, lost: 0 };

export class Server {
  readonly history = new History();
  private spec: ServerSpec;
  private handoff: Handoff = initial;
  private readonly control: ControlServer;
  private readonly env: Environment;
  private readonly events: ServerEvents;
  private readonly records = new Map<number, Record>();
  private readonly listeners = new ListenerStore();
  private readonly timers: Timers;
  private readonly waiters = new Waiters();
  private readonly queue: Input[] = [];
  private running = false;
  private serving: GenerationStatus | undefined;
  /** Told to accept, has not confirmed. */
  private accepting: { readonly generation: number; readonly from: number | undefined } | undefined;
  private stoppedAt = 0;
  private coldBootMs: number | undefined;
  private holdingReported = false;

  constructor(spec: ServerSpec, control: ControlServer, env: Environment, events: ServerEvents) {
    this.spec = spec;
    this.control = control;
    this.env = env;
    this.events = events;
    this.timers = new Timers(env.clock);
  }

  get name(): string {
    return this.spec.name;
  }

  get status(): ServerStatus {
    return statusOf(this.spec, this.handoff, {
      serving: this.serving,
      held: this.held,
      draining: [...this.records.values()].flatMap(({ generation, drain }) =>
        drain === undefined ? [] : [{ generation: generation.number, since: drain.since, ...drain.progress }],
      ),
      listeners: this.listeners.list(),
      coldBootMs: this.coldBootMs,
    });
  }

  /** Takes effect with the next generation. */
  define(spec: ServerSpec): void {
    this.spec = spec;
  }

  start(cause: Cause): Promise<SwapOutcome> {
    if (this.serving !== undefined && activeOf(this.handoff.phase) !== undefined) {
      const { generation, swapMs } = this.serving;
      return Promise.resolve({ outcome: 'swapped', generation, swapMs });
    }
    return this.asked({ type: 'start', cause });
  }

  swap(cause: Cause): Promise<SwapOutcome> {
    return this.asked({ type: 'swap', cause });
  }

  restart(cause: Cause): Promise<SwapOutcome> {
    return this.asked({ type: 'stop', then: cause });
  }

  async stop(): Promise<void> {
    const outcome = this.waiters.wait(this.handoff.next - 1);
    this.input({ type: 'stop' });
    if (this.handoff.phase.kind !== 'off') await outcome;
  }

  write(text: string): void {
    const active = activeOf(this.handoff.phase) ?? candidateOf(this.handoff.phase);
    if (active !== undefined) this.records.get(active)?.generation.write(text);
  }

  /** The serving generation's loaded files as of now. */
  async loadedFiles(): Promise<LoadedAnswer | undefined> {
    const active = activeOf(this.handoff.phase);
    return active === undefined ? undefined : await this.records.get(active)?.generation.loadedFiles();
  }

  emit(body: EventBody): void {
    const event = { server: this.name, time: this.env.clock.now(), ...body } as HandoffEvent;
    this.history.happen(event);
    this.events.happened(event);
  }

  /** Last resort when the supervisor itself ends. */
  dispose(): void {
    this.timers.clear();
    for (const { generation } of this.records.values()) generation.kill();
    this.listeners.closeAll();
  }

  private get held(): number {
    return [...this.records.values()].reduce((sum, record) => sum + record.generation.held, 0);
  }

  private asked(input: Input): Promise<SwapOutcome> {
    const booting = input.type === 'start' ? candidateOf(this.handoff.phase) : undefined;
    const outcome = this.waiters.wait(booting ?? this.handoff.next);
    this.input(input);
    return outcome;
  }

  private input(input: Input): void {
    this.queue.push(input);
    if (this.running) return;
    this.running = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const config = { hold: this.spec.duringBoot === 'hold', probe: this.spec.probe !== undefined };
      const { state, effects } = transition(this.handoff, next, config);
      this.handoff = state;
      for (const effect of effects) this.carryOut(effect);
    }
    this.running = false;
    this.events.changed(this.status);
  }

  private carryOut(effect: Effect): void {
    const record = 'generation' in effect ? this.records.get(effect.generation) : undefined;
    switch (effect.effect) {
      case 'spawn':
        this.spawn(effect.generation, effect.cause, effect.replaces);
        return;
      case 'probe':
        if (record !== undefined) void this.probe(record.generation);
        return;
      case 'hold':
      case 'release':
        this.holdingReported = false;
        record?.generation.send({ type: effect.effect });
        return;
      case 'stopAccepting':
        record?.generation.send({
          type: 'stop',
          successor: this.doorsOf(effect.successor),
          drainMs: this.spec.drainTimeoutMs,
        });
        return;
      case 'relay':
        record?.generation.send({ type: 'relay', successor: this.doorsOf(effect.successor) });
        return;
      case 'accept':
        if (record === undefined) return;
        record.generation.served = true;
        this.listeners.settle(effect.generation);
        record.generation.send({ type: 'accept' });
        return;
      case 'resume':
        delete record?.drain;
        record?.generation.send({ type: 'resume' });
        return;
      case 'ask':
        record?.generation.ask();
        return;
      case 'kill':
        record?.generation.kill();
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
        this.report(effect.report);
    }
  }

  private arm(timer: Parameters<Timers['arm']>[0], generation: number): void {
    const ms = deadlineOf(timer, this.spec);
    const failure: Failure = {
      generation,
      reason: 'notReady',
      message: `It did not listen within ${String(ms / 1000)} s`,
      advice: 'Is it a Node server, and does its start script leave NODE_OPTIONS as it is?',
    };
    this.timers.arm(timer, generation, ms, () => {
      this.input({ type: 'timeout', timer, generation, failure });
    });
  }

  private spawn(number: number, cause: Cause, replaces: number | undefined): void {
    const generation = new Generation(
      number,
      this.spec,
      this.listeners.descriptors(),
      this.control,
      this.env,
      this.eventsOf(number),
    );
    this.records.set(number, { generation, cause });
    this.emit({
      event: 'starting',
      generation: number,
      pid: generation.pid,
      cause,
      ...(replaces === undefined ? {} : { replaces }),
    });
  }

  private eventsOf(number: number): GenerationEvents {
    return {
      handle: (key, handle) => {
        this.listeners.add(key, handle, number);
        if (activeOf(this.handoff.phase) === number) this.listeners.settle(number);
      },
      listening: (listener, adopted) => {
        this.listening(number, listener, adopted);
      },
      ready: () => {
        const record = this.records.get(number);
        if (record === undefined) return;
        this.emit({ event: 'ready', generation: number, bootMs: record.generation.bootMs, held: this.held });
        this.input({ type: 'ready', generation: number });
      },
      stopped: () => {
        this.stoppedAt = this.env.clock.now();
        const record = this.records.get(number);
        if (record !== undefined) {
          const progress = { requests: 0, eventStreams: 0, webSockets: 0, connections: 0 };
          record.drain = { since: this.stoppedAt, progress };
        }
        this.input({ type: 'stopped', generation: number });
      },
      accepting: () => {
        this.accepted(number);
      },
      resumed: (ok) => {
        this.input({ type: 'resumed', generation: number, ok });
      },
      held: () => {
        this.heldChanged(number);
      },
      draining: ({ requests, eventStreams, webSockets, connections }) => {
        this.drainProgress(number, { requests, eventStreams, webSockets, connections });
      },
      drained: (result) => {
        const drain = this.records.get(number)?.drain;
        if (drain !== undefined) drain.result = result;
        this.input({ type: 'drained', generation: number });
      },
      closed: (key) => {
        if (activeOf(this.handoff.phase) !== number) return;
        this.listeners.close(key);
        this.emit({ event: 'listenerClosed', listener: key, reason: 'the server closed it' });
        this.events.changed(this.status);
      },
      output: (stream, text) => {
        const chunk = { server: this.name, generation: number, stream, text, time: this.env.clock.now() };
        this.history.print(chunk);
        this.events.printed(chunk);
      },
      exchange: (line) => {
        this.events.exchanged(line);
      },
      lost: (failure, clean) => {
        this.input({ type: 'lost', generation: number, failure, clean });
      },
      gone: (failure, clean) => {
        // Of a generation that served, this is the last word; of a candidate, why it failed comes first.
        const { served } = this.records.get(number)?.generation ?? { served: false };
        if (served) this.retired(number);
        this.input({ type: 'gone', generation: number, failure, clean });
        if (!served) this.retired(number);
      },
    };
  }

  private listening(number: number, listener: ListenerStatus, adopted: boolean): void {
    this.listeners.describe(listener);
    this.emit({
      event: 'listening',
      generation: number,
      listener: listener.key,
      ...(listener.port === undefined ? {} : { port: listener.port }),
      adopted,
    });
    this.events.changed(this.status);
  }

  private heldChanged(number: number): void {
    const { held } = this;
    if (held > 0 && !this.holdingReported && candidateOf(this.handoff.phase) !== undefined) {
      this.holdingReported = true;
      this.emit({ event: 'holding', generation: number, requests: held });
    }
    this.events.changed(this.status);
  }

  private drainProgress(number: number, progress: DrainProgress): void {
    const drain = this.records.get(number)?.drain;
    if (drain === undefined) return;
    drain.progress = progress;
    this.events.changed(this.status);
  }

  private async probe(generation: Generation): Promise<void> {
    const door = generation.doors.values().next().value;
    const path = this.spec.probe;
    if (door === undefined || path === undefined) return;
    const result = await probe(door, path, this.spec.readyTimeoutMs);
    const failure: Failure = {
      generation: generation.number,
      reason: 'probeFailed',
      message: `Its probe failed: ${result.message}`,
    };
    this.input({ type: 'probed', generation: generation.number, ...(result.ok ? {} : { failure }) });
  }

  private report(report: Report): void {
    switch (report.kind) {
      case 'serving':
        this.accepting = { generation: report.generation, from: report.from };
        return;
      case 'rolledBack': {
        const { failure, serving } = report;
        this.listeners.discard(failure.generation);
        this.emit({
          event: 'rolledBack',
          ...failure,
          released: this.held,
          ...(serving === undefined ? {} : { serving }),
        });
        if (serving === undefined) this.serving = undefined;
        this.waiters.rolledBack(failure, serving);
        return;
      }
      case 'replaced':
        this.listeners.discard(report.generation);
        this.emit({ event: 'replaced', generation: report.generation, by: report.by });
        return;
      case 'holdExpired':
        this.emit({
          event: 'notice',
          level: 'warn',
          message: `the new generation takes long to start: ${String(this.held)} held requests went to gen ${String(report.generation)}`,
        });
        return;
      case 'stopped': {
        const exitCode = this.serving === undefined ? null : this.exitCodeOf(this.serving.generation);
        this.serving = undefined;
        this.emit({ event: 'stopped', exitCode, requested: report.requested });
        this.waiters.stopped(this.handoff.next);
      }
    }
  }

  private exitCodeOf(number: number): number | null {
    return this.records.get(number)?.generation.exit.code ?? null;
  }

  /** The generation confirmed that it accepts: from here on it serves. */
  private accepted(number: number): void {
    const record = this.records.get(number);
    if (record === undefined || this.accepting?.generation !== number) return;
    const { from } = this.accepting;
    this.accepting = undefined;
    const { generation, cause } = record;
    const now = this.env.clock.now();
    const swapMs = now - cause.at;
    this.coldBootMs = generation.bootMs;
    this.serving = { generation: number, pid: generation.pid, since: now, bootMs: generation.bootMs, swapMs };
    if (from !== undefined) {
      this.emit({ event: 'cutover', from, to: number, gapMs: now - this.stoppedAt });
    }
    this.emit({
      event: 'serving',
      generation: number,
      pid: generation.pid,
      bootMs: generation.bootMs,
      swapMs,
      listeners: this.listeners.list(),
      coldBootMs: this.coldBootMs,
    });
    const drain = from === undefined ? undefined : this.records.get(from)?.drain;
    if (from !== undefined && drain !== undefined && drain.progress.connections > 0) {
      this.emit({ event: 'draining', generation: from, ...drain.progress });
    }
    this.waiters.serving(number, swapMs);
    this.events.changed(this.status);
    this.env.clock.setTimeout(() => {
      this.closeUnclaimed(generation);
    }, lateClaimMs);
    void generation.loadedFiles().then((answer) => {
      this.events.loaded(answer);
    });
  }

  /** Listeners that the newer code does not use any more. */
  private closeUnclaimed(generation: Generation): void {
    if (activeOf(this.handoff.phase) !== generation.number) return;
    for (const key of this.listeners.keys()) {
      if (generation.doors.has(key)) continue;
      this.listeners.close(key);
      this.emit({
        event: 'listenerClosed',
        listener: key,
        reason: `gen ${String(generation.number)} does not listen on it`,
      });
    }
    this.events.changed(this.status);
  }

  private retired(number: number): void {
    const record = this.records.get(number);
    if (record === undefined) return;
    this.records.delete(number);
    this.listeners.discard(number);
    const { generation, drain } = record;
    const result = drain?.result ?? { ...nothing, lost: drain?.progress.requests ?? 0 };
    this.emit({
      event: 'retired',
      generation: number,
      exitCode: generation.exit.code,
      signal: generation.exit.signal,
      drainMs: drain === undefined ? 0 : this.env.clock.now() - drain.since,
      served: generation.served,
      finished: result.finished,
      eventStreams: result.eventStreams,
      webSockets: result.webSockets,
      idle: result.idle,
      lost: result.lost,
    });
    this.events.changed(this.status);
  }

  private doorsOf(number: number): { readonly [key: string]: string } {
    return this.records.get(number)?.generation.doorTable ?? {};
  }
}
