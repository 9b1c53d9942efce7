/** One server, as its clients know it: what can be asked of it, and what it is doing. */
import { activeOf, candidateOf, vacatingOf } from '../../handoff/state.ts';
import type { Handoff, Input } from '../../handoff/state.ts';
import type { Cause, EventBody, ServerStatus, SwapOutcome } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Attending } from '../attended/attending.ts';
import type { Environment } from '../folder/environment.ts';
import type { ControlServer } from '../generations/control-server.ts';
import type { LoadedAnswer } from '../generations/generation.ts';
import { ListenerStore } from '../listeners/listener-store.ts';
import { Told } from '../output/told.ts';
import { ServerParts } from '../parts/server-parts.ts';
import { StandbyKeeper } from '../standby/standby-keeper.ts';
import { Debugging } from '../debugging/debugging.ts';
import type { ServerContext, ServerEvents, Surroundings } from './context.ts';
import { Decisions } from './decisions.ts';
import { Effects } from './effects.ts';
import { Lateness } from './lateness.ts';
import { Reporter } from './reporter.ts';
import { Roster } from './roster.ts';
import type { Member } from './roster.ts';
import { statusOf } from './server-status.ts';
import { Succession } from './succession.ts';
import { Timers } from './timers.ts';
import { Waiters } from './waiters.ts';

export class Server {
  readonly told: Told;
  private spec: ServerSpec;
  private readonly env: Environment;
  private readonly events: ServerEvents;
  readonly roster = new Roster();
  private readonly listeners = new ListenerStore();
  private readonly timers: Timers;
  private readonly waiters = new Waiters();
  readonly decisions: Decisions;
  private readonly reporter: Reporter;
  readonly debugging: Debugging;
  readonly standby: StandbyKeeper;
  private readonly lateness: Lateness;
  private readonly attending: Attending;
  /** What its dev command runs besides it. */
  readonly parts: ServerParts;

  constructor(spec: ServerSpec, { control, env, attending }: Surroundings, events: ServerEvents) {
    this.spec = spec;
    this.env = env;
    this.events = events;
    this.attending = attending;
    this.timers = new Timers(env.clock);
    this.told = new Told(spec.name, env.clock, events);
    this.debugging = new Debugging(env.clock, {
      changed: () => this.debuggingChanged(),
      inspecting: (generation, where) => events.inspecting(generation, where),
      paused: (generation) => this.decisions.input({ type: 'paused', generation }),
      continued: (generation) => this.decisions.input({ type: 'continued', generation }),
    });
    this.standby = new StandbyKeeper(
      spec,
      {
        ...{ env, control: control.path, listeners: this.listeners },
        started: (at) => this.roster.started({ at }),
        inspecting: (where) => this.debugging.ahead(where),
      },
      {
        happened: (news) => {
          this.emit({ event: 'standby', ...news });
          if (news.state === 'warm') this.active?.generation.send({ type: 'prepare' });
        },
        changed: () => this.changed(),
      },
    );
    const emit = (body: EventBody): void => this.emit(body);
    const print: Told['print'] = (chunk) => this.told.print(chunk);
    this.lateness = new Lateness(env.clock, (message) => emit({ event: 'notice', level: 'info', message }));
    this.parts = new ServerParts(spec.pipeline, env.clock, {
      emit,
      printed: (chunk) => print({ generation: 0, ...chunk }),
      changed: () => this.changed(),
      whole: (since, at) => events.built(since, at),
      numbers: () => ({ next: this.handoff.next, serving: this.active?.generation.number }),
    });
    this.reporter = new Reporter(emit, env.clock, this.roster, this.listeners, this.waiters);
    const context = this.context(control);
    const succession = new Succession(context, {
      printed: print,
      exchanged: (line) => events.exchanged(line),
      files: events.files,
    });
    const effects = new Effects(context, this.timers, succession);
    this.decisions = new Decisions({
      config: () => ({
        hold: this.spec.duringBoot === 'hold' && attending.holds,
        probe: this.spec.probe !== undefined || this.spec.warmUp.length > 0 || this.lateness.asks,
        overlap: this.spec.overlap,
      }),
      carryOut: (effect) => effects.carryOut(effect),
      settled: () => this.settled(),
    });
  }

  get name(): string {
    return this.spec.name;
  }

  get status(): ServerStatus {
    const { active } = this;
    const vacating = this.roster.find(vacatingOf(this.handoff.phase));
    return statusOf(this.spec, this.handoff, {
      serving: active?.serving ?? vacating?.serving ?? this.reporter.replaced?.serving,
      accepting: active?.serving === undefined ? active?.generation.number : undefined,
      held: this.roster.held,
      draining: this.roster.draining,
      listeners: this.listeners.list(),
      coldBootMs: this.reporter.coldBootMs,
      standby: this.standby.status,
      lateMs: this.lateness.ms,
      generation: active?.generation,
      parts: this.parts,
      attendant: this.attending.attendant,
      isDebugged: this.debugging.isOn,
    });
  }

  /** Takes effect with the next generation. */
  define(spec: ServerSpec): void {
    this.spec = { ...spec, debugged: this.debugging.isOn };
    if (this.roster.generations.length === 0) this.attending.define(this.spec);
    this.standby.define(this.spec);
    this.parts.define(spec);
  }

  async start(cause: Cause): Promise<SwapOutcome> {
    const serving = this.active?.serving;
    if (serving !== undefined) {
      const { generation, swapMs } = serving;
      return { outcome: 'swapped', generation, swapMs };
    }
    return (await this.parts.start()) ?? (await this.request({ type: 'start', cause }));
  }

  /** Says of new code only that it was swapped in. */
  async swap(cause: Cause): Promise<SwapOutcome> {
    if (cause.kind === 'command') {
      if (!this.spec.watchDisk) this.parts.touchAll();
      const unmade = await this.parts.settled([], 0);
      if (unmade !== undefined) return unmade;
    }
    const { active } = this;
    const before = cause.kind === 'command' && !active?.past ? active?.generation : undefined;
    const outcome = await this.request({ type: 'swap', cause });
    if (before === undefined || outcome.outcome !== 'swapped') return outcome;
    if (!(await this.events.isUnchangedSince(before.startedAt))) return outcome;
    this.reporter.sameCode(outcome.generation, before.number);
    return { ...outcome, sameCodeAs: before.number };
  }

  async restart(cause: Cause): Promise<SwapOutcome> {
    await this.parts.end();
    return (await this.parts.start()) ?? (await this.request({ type: 'stop', then: cause }));
  }

  /** As `signal` would end it; see rpc.ts. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    for (const generation of this.roster.generations) generation.endBy(signal);
    const outcome = this.waiters.wait(this.handoff.next - 1);
    const alone = this.handoff.phase.kind === 'off' && this.parts.isUp;
    this.decisions.input({ type: 'stop' });
    if (this.handoff.phase.kind !== 'off') await outcome;
    await Promise.all([this.standby.gone(), this.parts.end(signal)]);
    if (alone) this.emit({ event: 'stopped', exitCode: null, requested: true });
  }

  /** A change was seen that may become a swap. */
  readonly prepare = (): void => void this.standby.prepare();

  write(text: string, isLast = false): void {
    this.roster.write(text, isLast, activeOf(this.handoff.phase) ?? candidateOf(this.handoff.phase));
  }

  /** The serving generation's loaded files as of now. */
  async loadedFiles(): Promise<LoadedAnswer | undefined> {
    return await this.active?.generation.loadedFiles();
  }

  emit(body: EventBody): void {
    this.told.emit(body);
  }

  /** Last resort when the supervisor itself ends. */
  dispose(): void {
    this.timers.clear();
    this.standby.drop('the supervisor ends');
    for (const generation of this.roster.generations) generation.kill();
    this.parts.kill();
    this.listeners.closeAll();
  }

  private get handoff(): Handoff {
    return this.decisions.state;
  }

  private get active(): Member | undefined {
    return this.roster.find(activeOf(this.handoff.phase));
  }

  private context(control: ControlServer): ServerContext {
    const { env, roster, listeners, reporter, standby, lateness, attending, debugging } = this;
    return {
      ...{ env, control, roster, listeners, reporter, standby, lateness, attending, debugging },
      spec: () => this.spec,
      handoff: () => this.handoff,
      active: () => this.active,
      input: (input) => this.decisions.input(input),
      emit: (body) => this.emit(body),
      changed: () => this.changed(),
    };
  }

  private async request(input: Input): Promise<SwapOutcome> {
    if (this.attending.isAttended) await this.attending.ready();
    const booting = input.type === 'start' ? candidateOf(this.handoff.phase) : undefined;
    const outcome = this.waiters.wait(booting ?? this.handoff.next);
    this.decisions.input(input);
    return await outcome;
  }

  private settled(): void {
    const { kind } = this.handoff.phase;
    if (kind === 'off') this.standby.drop('the server is stopped');
    // It ended by itself: what was there for it alone goes, too.
    if (kind === 'off' && this.roster.generations.length === 0 && !this.parts.isStarting)
      void this.parts.end();
    this.changed();
  }

  private debuggingChanged(): void {
    this.define(this.spec);
    if (this.active !== undefined) this.standby.again(); // one that a debugger can come to, or need not
    // What runs already is not waited for.
    if (this.debugging.isOn) this.active?.generation.send({ type: 'inspect' });
    this.changed();
  }

  private changed(): void {
    this.events.changed(this.status);
  }
}
