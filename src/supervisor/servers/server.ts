/** One server: carries out what its handoff decides, and tells the handoff and the clients what happens. */
import { transition } from '../../handoff/transition.ts';
import { activeOf, candidateOf, initial } from '../../handoff/state.ts';
import type { Handoff, Input } from '../../handoff/state.ts';
import type {
  Cause,
  Failure,
  HandoffEvent,
  OutputChunk,
  ServerStatus,
  SwapOutcome,
} from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { ControlServer } from '../generations/control-server.ts';
import { Effects } from './effects.ts';
import type { EffectsOwner } from './effects.ts';
import type { Environment } from '../folder/environment.ts';
import { Generation } from '../generations/generation.ts';
import type { LoadedAnswer } from '../generations/generation.ts';
import { generationEvents } from './generation-events.ts';
import type { Hearer } from './generation-events.ts';
import { History } from '../output/history.ts';
import { ListenerStore } from '../listeners/listener-store.ts';
import { OutputBatch } from '../output/output-batch.ts';
import { Reporter } from './reporter.ts';
import type { EventBody } from './reporter.ts';
import { ProcessTree } from '../processes/process-tree.ts';
import { Roster } from './roster.ts';
import type { Member } from './roster.ts';
import { statusOf } from './server-status.ts';
import { StandbyKeeper } from '../standby/standby-keeper.ts';
import { Timers } from './timers.ts';
import { Waiters } from './waiters.ts';

export interface ServerEvents {
  changed(status: ServerStatus): void;
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
  exchanged(line: string): void;
  /** A generation serves, with what it has loaded so far. */
  loaded(answer: LoadedAnswer): void;
}

/** A listener that the new code did not ask for within this time (ms) of serving is closed. */
const lateClaimMs = 5000;
const soonMs = 20;
const requestsFirstMs = 30;

export class Server {
  readonly history = new History();
  private spec: ServerSpec;
  private handoff: Handoff = initial;
  private readonly control: ControlServer;
  private readonly env: Environment;
  private readonly events: ServerEvents;
  private readonly roster = new Roster();
  private readonly listeners = new ListenerStore();
  private readonly timers: Timers;
  private readonly waiters = new Waiters();
  private readonly queue: Input[] = [];
  private running = false;
  private soon: { cancel(): void } | undefined;
  private readonly reporter: Reporter;
  private readonly effects: Effects;
  private readonly output: OutputBatch;
  private readonly standby: StandbyKeeper;

  constructor(spec: ServerSpec, control: ControlServer, env: Environment, events: ServerEvents) {
    this.spec = spec;
    this.control = control;
    this.env = env;
    this.events = events;
    this.timers = new Timers(env.clock);
    this.output = new OutputBatch(env.clock, (chunk) => {
      this.history.print(chunk);
      events.printed(chunk);
    });
    const emit = (body: EventBody): void => {
      this.emit(body);
    };
    this.standby = new StandbyKeeper(
      spec,
      { env, control: control.path, listeners: this.listeners },
      {
        happened: (news) => {
          this.emit({ event: 'standby', ...news });
          if (news.state === 'warm') this.active?.generation.send({ type: 'prepare' });
        },
        changed: () => {
          events.changed(this.status);
        },
      },
    );
    this.reporter = new Reporter(emit, env.clock, this.roster, this.listeners, this.waiters);
    this.effects = new Effects(this.owner(), this.roster, this.listeners, this.timers, this.reporter);
  }

  get name(): string {
    return this.spec.name;
  }

  get status(): ServerStatus {
    return statusOf(this.spec, this.handoff, {
      serving: this.active?.serving ?? this.reporter.replaced?.serving,
      accepting:
        this.active === undefined || this.active.serving !== undefined
          ? undefined
          : this.active.generation.number,
      held: this.roster.held,
      draining: this.roster.draining,
      listeners: this.listeners.list(),
      coldBootMs: this.reporter.coldBootMs,
      standby: this.standby.status,
    });
  }

  /** Takes effect with the next generation. */
  define(spec: ServerSpec): void {
    this.spec = spec;
    this.standby.define(spec);
  }

  start(cause: Cause): Promise<SwapOutcome> {
    const serving = this.active?.serving;
    if (serving !== undefined) {
      const { generation, swapMs } = serving;
      return Promise.resolve({ outcome: 'swapped', generation, swapMs });
    }
    return this.request({ type: 'start', cause });
  }

  swap(cause: Cause): Promise<SwapOutcome> {
    return this.request({ type: 'swap', cause });
  }

  restart(cause: Cause): Promise<SwapOutcome> {
    return this.request({ type: 'stop', then: cause });
  }

  async stop(): Promise<void> {
    const outcome = this.waiters.wait(this.handoff.next - 1);
    this.input({ type: 'stop' });
    if (this.handoff.phase.kind !== 'off') await outcome;
    await this.standby.gone();
  }

  /** A change was seen that may become a swap. */
  prepare(): void {
    void this.standby.prepare();
  }

  write(text: string): void {
    const reader = this.active ?? this.roster.find(candidateOf(this.handoff.phase));
    reader?.generation.write(text);
  }

  /** The serving generation's loaded files as of now. */
  async loadedFiles(): Promise<LoadedAnswer | undefined> {
    return await this.active?.generation.loadedFiles();
  }

  emit(body: EventBody): void {
    this.output.flush(); // what it printed before comes before
    const event = { server: this.name, time: this.env.clock.now(), ...body } as HandoffEvent;
    this.history.happen(event);
    this.events.happened(event);
  }

  /** Last resort when the supervisor itself ends. */
  dispose(): void {
    this.timers.clear();
    this.standby.drop('the supervisor ends');
    for (const generation of this.roster.generations) generation.kill();
    this.listeners.closeAll();
  }

  private get active(): Member | undefined {
    return this.roster.find(activeOf(this.handoff.phase));
  }

  private request(input: Input): Promise<SwapOutcome> {
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
      const config = {
        hold: this.spec.duringBoot === 'hold',
        probe: this.spec.probe !== undefined || this.spec.warmUp.length > 0,
      };
      const { state, effects } = transition(this.handoff, next, config);
      this.handoff = state;
      for (const effect of effects) this.effects.carryOut(effect);
      // The one that would have been ready for the next save failed with this one.
      if (effects.some((effect) => effect.effect === 'report' && effect.report.kind === 'rolledBack')) {
        this.standby.again();
      }
    }
    this.running = false;
    const { kind } = this.handoff.phase;
    if (kind === 'off' || kind === 'stopping') this.standby.drop('the server is stopped');
    this.events.changed(this.status);
  }

  private owner(): EffectsOwner {
    const spec = (): ServerSpec => this.spec;
    const next = (): number => this.handoff.next;
    const answered = (): string | undefined => this.active?.generation.lastGet;
    return {
      get spec() {
        return spec();
      },
      get next() {
        return next();
      },
      get lastGet() {
        return answered();
      },
      spawn: (number, cause, replaces) => this.spawn(number, cause, replaces),
      input: (input) => this.input(input),
    };
  }

  private spawn(number: number, cause: Cause, replaces: number | undefined): void {
    const generation = new Generation(
      number,
      this.standby.take(number) ?? { tree: this.startTree(number), origin: 'cold' },
      this.spec,
      this.control,
      this.env,
      generationEvents(number, this.hearer()),
    );
    this.roster.add({ generation, cause });
    const replaced = this.roster.find(replaces)?.generation;
    const holds = this.spec.duringBoot === 'hold' && replaced?.isHolding === false;
    const missed = replaces !== undefined && generation.origin === 'cold' ? this.standby.missing : undefined;
    this.reporter.starting({ generation, cause, replaces, holds, noStandby: missed });
  }

  /** What its generations tell goes to these. */
  private hearer(): Hearer {
    const { roster, listeners, reporter } = this;
    return {
      roster,
      listeners,
      reporter,
      isActive: (number) => this.active?.generation.number === number,
      isSwapping: () => candidateOf(this.handoff.phase) !== undefined,
      input: (input) => this.input(input),
      changed: () => this.changedSoon(),
      accepted: (member) => this.accepted(member),
      closed: (key) => this.close(key, 'the server closed it'),
      printed: (chunk) => this.output.add({ server: this.name, time: this.env.clock.now(), ...chunk }),
      exchanged: (line) => this.events.exchanged(line),
      emit: (body) => this.emit(body),
      gone: (number, failure, clean) => this.gone(number, failure, clean),
    };
  }

  /** Held requests and closing connections come by the hundred. */
  private changedSoon(): void {
    this.soon ??= this.env.clock.setTimeout(() => {
      this.soon = undefined;
      this.events.changed(this.status);
    }, soonMs);
  }

  private startTree(generation: number): ProcessTree {
    return new ProcessTree({
      clock: this.env.clock,
      spec: this.spec,
      inherited: this.listeners.descriptors(),
      control: this.control.path,
      doors: this.env.folder,
      preload: this.env.preload,
      generation,
    });
  }

  private accepted(member: Member): void {
    if (!this.reporter.accepted(member)) return;
    const { generation } = member;
    this.events.changed(this.status);
    this.env.clock.setTimeout(() => {
      this.closeUnclaimed(generation);
    }, lateClaimMs);
    // To tell it all takes a process longer than to answer a request: those that waited come first. Until then
    // what its predecessor loaded is known.
    if (this.handoff.probation === undefined) void this.learn(generation);
    else this.env.clock.setTimeout(() => void this.learn(generation), requestsFirstMs);
  }

  private async learn(generation: Generation): Promise<void> {
    if (this.active?.generation !== generation) return;
    const answer = await generation.loadedFiles();
    this.events.loaded(answer);
    void this.standby.served(generation, answer.dependencies);
  }

  private gone(number: number, failure: Failure, clean: boolean): void {
    const retire = (): void => {
      const member = this.roster.find(number);
      if (member === undefined) return;
      this.reporter.retired(member);
      this.listeners.discard(number);
      this.roster.remove(number);
    };
    // Of a generation that served, this is the last word; of a candidate, why it failed comes first.
    if (this.roster.find(number)?.generation.served === true) retire();
    this.input({ type: 'gone', generation: number, failure, clean });
    retire();
    this.events.changed(this.status);
  }

  /** Listeners that the newer code does not use any more. */
  private closeUnclaimed(generation: Generation): void {
    if (this.active?.generation !== generation) return;
    for (const key of this.listeners.keys()) {
      if (!generation.doors.has(key))
        this.close(key, `gen ${String(generation.number)} does not listen on it`);
    }
  }

  private close(key: string, reason: string): void {
    this.listeners.close(key);
    void this.standby.refit().then(() => {
      this.emit({ event: 'listenerClosed', listener: key, reason });
      this.events.changed(this.status);
    });
  }
}
