/** Prepares the next generation of one server while the present one serves; see handoff/standby.ts. */
import { freemem, totalmem } from 'node:os';
import { noStandby, standbyTransition } from '../handoff/standby.ts';
import type { StandbyEffect, StandbyInput, StandbyState } from '../handoff/standby.ts';
import type { ModuleGraph, Offence, StandbyReport } from '../runtimes/protocol.ts';
import type { ServerSpec, StandbyCost, StandbyNews, StandbyStatus } from '../shared/model.ts';
import type { Environment } from './environment.ts';
import type { Look } from './consumed.ts';
import type { Generation } from './generation.ts';
import type { ListenerStore } from './listener-store.ts';
import type { ProcessTree } from './process-tree.ts';
import { StandbyProcess } from './standby-process.ts';
import { packageOf } from './standby-plan.ts';

/** Held requests and what else a swap has left to do come first (ms). */
const delayMs = 20;
const checkMs = 60_000;
/** A standby that nobody wants for this long (ms) gives its memory back. */
const unusedMs = 30 * 60_000;
/** Less free memory than this share of all, and a standby is a luxury. */
const shortOfMemory = 0.05;
/** How old (ms) a look at the consumed files may be: as long as a save takes from its first sign to the swap. */
const freshMs = 100;

export interface StandbyEvents {
  happened(news: StandbyNews): void;
  changed(): void;
}

export class StandbyKeeper {
  private state: StandbyState = noStandby;
  private spec: ServerSpec;
  private readonly env: Environment;
  private readonly control: string;
  private readonly listeners: ListenerStore;
  private readonly events: StandbyEvents;
  /** What the last generation loaded, and the fingerprint by which it is known. */
  private graph: (ModuleGraph & { readonly dependencies: string }) | undefined;
  /** Found so far, by module. */
  private readonly offences = new Map<string, Offence>();
  private process: StandbyProcess | undefined;
  private cost: StandbyCost | undefined;
  private wanted: { cancel(): void } | undefined;
  private check: { cancel(): void } | undefined;
  /** The last one, and when it began. */
  private look: Look | undefined;
  private lookedAt = 0;
  private readonly dying = new Set<Promise<void>>();
  private released: ProcessTree | undefined;

  constructor(
    spec: ServerSpec,
    control: string,
    listeners: ListenerStore,
    env: Environment,
    events: StandbyEvents,
  ) {
    this.spec = spec;
    this.control = control;
    this.listeners = listeners;
    this.env = env;
    this.events = events;
  }

  get status(): StandbyStatus {
    switch (this.state.kind) {
      case 'none':
        return { state: 'off', why: this.spec.standby ? this.state.why : 'it is switched off' };
      case 'warming':
        return { state: 'warming' };
      case 'warm':
        return this.cost === undefined ? { state: 'warming' } : { state: 'warm', ...this.cost };
    }
  }

  /** Why there is none, where one is wanted. */
  get missing(): string | undefined {
    return this.spec.standby && this.state.kind === 'none' ? this.state.why : undefined;
  }

  define(spec: ServerSpec): void {
    this.spec = spec;
    if (this.process !== undefined && !this.process.isFor(spec)) this.spoil('the server is defined anew');
  }

  /** `generation` serves; `dependencies` is the fingerprint of what it has loaded of them. */
  async served(generation: Generation, dependencies: string | undefined): Promise<void> {
    if (!this.spec.standby || dependencies === undefined) return;
    if (this.graph?.dependencies !== dependencies) {
      const graph = await generation.modules();
      if (graph === undefined) return;
      if (graph.unfit !== undefined) {
        this.state = { kind: 'none', why: graph.unfit, losses: 0 };
        this.events.changed();
        return;
      }
      this.graph = { ...graph, dependencies };
    }
    this.again();
  }

  /** The last one was used up, by a swap that did or did not succeed. */
  again(): void {
    this.wanted?.cancel();
    if (this.graph === undefined || !this.spec.standby || this.isShortOfMemory) return;
    this.wanted = this.env.clock.setTimeout(() => this.input({ type: 'want' }), delayMs);
  }

  /** A swap may be about to come: looks whether the standby is still good while there is time. */
  async prepare(): Promise<void> {
    const { process } = this;
    const began = this.env.clock.now();
    if (this.state.kind !== 'warm' || process === undefined || began - this.lookedAt < freshMs) return;
    this.lookedAt = began;
    const look = (this.look = process.consumed.look());
    const changed = await look.inSlices();
    if (this.process !== process) return; // somebody was faster
    if (changed !== undefined) this.spoil(`${changed} changed`);
  }

  /** The standby as generation `number`, or undefined: start one from cold. */
  take(number: number): ProcessTree | undefined {
    this.wanted?.cancel();
    if (this.state.kind === 'warm') {
      if (this.process?.isFor(this.spec) !== true) this.spoil('the server is defined anew');
      else if (this.process.listenersVersion !== this.listeners.version) this.spoil('the listeners changed');
      else this.verify();
    }
    this.input({ type: 'take' });
    const released = this.released;
    this.released = undefined;
    released?.gate?.write(`${JSON.stringify({ type: 'go', generation: number })}\n`);
    return released;
  }

  spoil(why: string): void {
    this.wanted?.cancel();
    this.input({ type: 'spoil', why });
  }

  /** Resolves when no process of a dropped standby is left. */
  async gone(): Promise<void> {
    await Promise.all(this.dying);
  }

  private verify(): void {
    const isFresh = this.env.clock.now() - this.lookedAt < freshMs;
    const changed = (isFresh ? this.look : this.process?.consumed.look())?.atOnce();
    if (changed !== undefined) this.spoil(`${changed} changed`);
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
        this.kill();
        return;
      case 'release':
        this.released = this.process?.release();
        this.forget();
        return;
      case 'tell':
        if (effect.state === 'dropped') this.events.happened({ state: 'dropped', why: effect.why });
        else if (effect.state === 'warming') this.events.happened({ state: 'warming' });
        else if (this.cost !== undefined && this.process !== undefined) {
          const { pid, since } = this.process;
          this.events.happened({ state: 'warm', pid, warmMs: this.env.clock.now() - since, ...this.cost });
        }
    }
  }

  private async spawn(): Promise<void> {
    const { graph, state } = this;
    if (graph === undefined) return;
    const started = await StandbyProcess.start(
      { spec: this.spec, graph, offences: this.offences },
      { env: this.env, control: this.control, listeners: this.listeners },
    );
    if (this.state !== state) {
      this.bury(started); // overtaken
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

  private reported({ offences, memory, modules, replaced }: StandbyReport): void {
    for (const offence of offences) this.offences.set(offence.module, offence);
    const leftOut = new Set(
      [...this.offences.values()].map(({ module, does }) => `${packageOf(module)} (${does})`),
    );
    if (replaced.length > 0) leftOut.add(`all packages (the app replaces ${replaced.join(', ')})`);
    this.cost = { memory, modules, leftOut: [...leftOut] };
    this.lookedAt = 0;
    this.input({ type: 'warm', clean: offences.length === 0 });
    if (this.state.kind === 'warm') this.watch();
  }

  /** Now and then while one waits: does it still pay? */
  private watch(): void {
    this.check?.cancel();
    this.check = this.env.clock.setTimeout(() => {
      if (this.process === undefined || this.state.kind !== 'warm') return;
      if (this.isShortOfMemory) this.spoil('the machine is short of memory');
      else if (this.env.clock.now() - this.process.since > unusedMs)
        this.spoil('it was not used for a while');
      else this.watch();
    }, checkMs);
  }

  private get isShortOfMemory(): boolean {
    return freemem() < totalmem() * shortOfMemory;
  }

  private kill(): void {
    if (this.process !== undefined) this.bury(this.process);
    this.forget();
  }

  private bury(process: StandbyProcess): void {
    const dying = process.kill().finally(() => this.dying.delete(dying));
    this.dying.add(dying);
  }

  private forget(): void {
    this.check?.cancel();
    this.process = undefined;
  }
}
