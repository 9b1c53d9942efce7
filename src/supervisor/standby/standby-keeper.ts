/** Prepares the next generation of one server while the present one serves; see handoff/standby.ts. */
import { noStandby, standbyTransition } from '../../handoff/standby.ts';
import type { StandbyEffect, StandbyInput, StandbyState } from '../../handoff/standby.ts';
import type { StandbyReport } from '../../runtimes/protocol/standby.ts';
import type { Clock } from '../../shared/clock.ts';
import type { StandbyCost, StandbyStatus } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Generation, LoadedAnswer } from '../generations/generation.ts';
import type { Started } from '../processes/process-tree.ts';
import type { StandbyEvents } from './ahead.ts';
import { Burials } from './burials.ts';
import type { Work } from './hot-files.ts';
import { Planning } from './planning.ts';
import { Reserves, type Taking } from './reserves.ts';
import { StandbyProcess, type StandbyOrder, type StandbySurroundings } from './standby-process.ts';
import { Upkeep } from './upkeep.ts';

/** Held requests and what else a swap has left to do come first (ms). */
const delayMs = 20;

export class StandbyKeeper {
  private state: StandbyState = noStandby;
  private spec: ServerSpec;
  private readonly surroundings: StandbySurroundings;
  private readonly reserves: Reserves;
  private readonly events: StandbyEvents;
  /** Knows what the last generation loaded. */
  private readonly planning = new Planning();
  private process: StandbyProcess | undefined;
  private cost: StandbyCost | undefined;
  private wanted: { cancel(): void } | undefined;
  private readonly upkeep: Upkeep;
  private readonly burials = new Burials();
  /** The generation that is booting, or was the last to: until it serves, nobody else is to need a core. */
  private taken = 0;
  private released: StandbyProcess | undefined;

  constructor(spec: ServerSpec, surroundings: StandbySurroundings, events: StandbyEvents) {
    this.spec = spec;
    this.surroundings = surroundings;
    this.events = events;
    this.upkeep = new Upkeep(surroundings.env.clock, (why) => this.drop(why));
    this.reserves = new Reserves(surroundings, {
      bury: (process) => this.burials.bury(process),
      happened: (news) => events.happened(news),
      changed: () => events.changed(),
    });
  }

  get status(): StandbyStatus {
    switch (this.state.kind) {
      case 'none':
        return { state: 'off', why: this.spec.standby ? this.state.why : 'it is switched off' };
      case 'warming':
        return { state: 'warming' };
      case 'warm':
        if (this.cost === undefined) return { state: 'warming' };
        return { state: 'warm', ...this.cost, ...this.reserves.status };
    }
  }

  /** Why there is none, where one is wanted. */
  get missing(): string | undefined {
    return this.spec.standby && this.state.kind === 'none' ? this.state.why : undefined;
  }

  define(spec: ServerSpec): void {
    this.spec = spec;
    if (this.misfit !== undefined) this.spoil(this.misfit);
  }

  /** A listener is gone: who has inherited it would keep its port. Resolves when nobody does. */
  async refit(): Promise<void> {
    if (this.misfit !== undefined) {
      this.spoil(this.misfit);
      this.want();
    }
    this.reserves.refit(this.spec);
    await this.gone();
  }

  /** `generation` serves, and has loaded this. */
  async served(generation: Generation, answer: LoadedAnswer): Promise<void> {
    if (!this.spec.standby || generation.number < this.taken) return;
    const learned = await this.planning.learn(generation, this.spec, answer);
    if (learned === false) return;
    if (learned !== true) {
      this.state = { kind: 'none', why: learned.unfit, losses: 0 };
      this.events.changed();
      return;
    }
    this.reserves.ahead.served(answer);
    if (generation.number >= this.taken) this.want();
  }

  /** Somebody has these under their hands, and may save them next. */
  working(work: Work): void {
    this.reserves.ahead.working(work);
    this.prepareMore();
  }

  /** There is none any more, and no swap will lead to the next one. */
  again(): void {
    this.taken = 0;
    this.want();
  }

  private want(): void {
    this.wanted?.cancel();
    if (this.order === undefined || !this.spec.standby || this.upkeep.isShortOfMemory) return;
    this.wanted = this.clock.setTimeout(() => {
      this.input({ type: 'want' });
      this.prepareMore();
    }, delayMs);
  }

  private prepareMore(): void {
    if (this.state.kind === 'warm' && this.order !== undefined) this.reserves.prepare(this.order);
  }

  /** A swap may be about to come: looks whether the standby is still good while there is time. */
  async prepare(): Promise<void> {
    const { process } = this;
    if (this.state.kind !== 'warm' || process === undefined || this.reserves.ahead.waits) return;
    const changed = await process.consumed.lookAhead(this.clock.now());
    if (changed !== undefined && this.process === process) this.spoil(`${changed} changed`);
  }

  /** What is ready to be that; undefined: start one from cold. */
  take(taking: Taking): Started | undefined {
    const { number, files, past } = taking;
    this.wanted?.cancel();
    this.taken = number;
    const ahead = this.reserves.takeAhead(this.spec, taking);
    if (ahead !== undefined) {
      if (this.state.kind === 'warming') this.spoil('another one was ready');
      return ahead;
    }
    const why = this.state.kind === 'warm' ? (this.misfit ?? this.outdated(files)) : undefined;
    if (why !== undefined) this.spoil(why);
    this.input({ type: 'take' });
    const { released } = this;
    this.released = undefined;
    if (released !== undefined) return { tree: released.release(number, this.spec, past), origin: 'standby' };
    return this.reserves.take(this.spec, taking);
  }

  /** The standby is not what a cold start would be any more. */
  private spoil(why: string): void {
    this.wanted?.cancel();
    this.input({ type: 'spoil', why });
  }

  /** Nothing is to be ready any more. */
  drop(why: string): void {
    this.spoil(why);
    this.reserves.drop();
  }

  /** Resolves when no process of a dropped standby is left. */
  async gone(): Promise<void> {
    await this.burials.over();
  }

  /** Why the standby is of no use any more to the server as it is, if so. */
  private get misfit(): string | undefined {
    return this.process?.misfit(this.spec, this.surroundings.listeners);
  }

  private outdated(files: readonly string[]): string | undefined {
    const file = this.process?.consumed.changed(this.clock.now(), files);
    return file === undefined ? undefined : `${file} changed`;
  }

  private input(input: StandbyInput): void {
    const { state, effects } = standbyTransition(this.state, input);
    if (state === this.state) return;
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.events.changed();
  }

  private carryOut(effect: StandbyEffect): void {
    switch (effect.effect) {
      case 'spawn':
        // No room for its files, say: the next swap is a cold one, as it would be without us.
        this.spawn().catch(() => this.input({ type: 'lost' }));
        return;
      case 'kill':
        if (this.process !== undefined) this.burials.bury(this.process);
        this.forget();
        return;
      case 'release':
        this.released = this.process;
        this.forget();
        return;
      case 'tell':
        if (effect.state === 'dropped') this.events.happened({ state: 'dropped', why: effect.why });
        else if (effect.state === 'warming') this.events.happened({ state: 'warming' });
        else if (this.cost !== undefined && this.process !== undefined) {
          const { pid, since } = this.process;
          this.events.happened({ state: 'warm', pid, warmMs: this.clock.now() - since, ...this.cost });
        }
    }
  }

  private async spawn(): Promise<void> {
    const { order, state } = this;
    if (order === undefined) return;
    const started = await StandbyProcess.start(order, this.surroundings, 'dependencies');
    if (started === undefined) return;
    if (this.state !== state) {
      this.burials.bury(started); // overtaken
      return;
    }
    this.process = started;
    started.onReport((report) => {
      if (this.process === started) this.reported(report);
    });
    void started.ended.then(() => {
      if (this.process !== started) return;
      this.forget();
      this.input({ type: 'lost' });
    });
  }

  private reported(report: StandbyReport): void {
    const { planner } = this.planning;
    if (planner === undefined) return;
    const { clean, leftOut } = planner.heard(report);
    this.cost = { memory: report.memory, modules: report.modules, leftOut };
    this.input({ type: 'warm', clean });
    if (this.state.kind !== 'warm' || this.process === undefined) return;
    this.upkeep.watch(this.process.since);
    this.prepareMore();
  }

  private get order(): StandbyOrder | undefined {
    return this.planning.order(this.spec);
  }

  private get clock(): Clock {
    return this.surroundings.env.clock;
  }

  private forget(): void {
    this.upkeep.end();
    this.process = undefined;
  }
}
