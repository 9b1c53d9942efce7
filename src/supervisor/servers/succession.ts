/** One generation after the other: starts them, hears what they tell, learns what they loaded, buries them. */
import { candidateOf } from '../../handoff/state.ts';
import type { Loss } from '../../handoff/state.ts';
import type { Cause, OutputChunk } from '../../shared/model.ts';
import { Generation } from '../generations/generation.ts';
import { ProcessTree } from '../processes/process-tree.ts';
import type { Started } from '../processes/process-tree.ts';
import type { FileNews, ServerContext } from './context.ts';
import { generationEvents } from './hearing.ts';
import type { Hearer } from './hearing.ts';
import type { Taking } from '../standby/reserves.ts';
import type { Member } from './roster.ts';

/** A listener that the new code did not ask for within this time (ms) of serving is closed. */
const lateClaimMs = 5000;
const soonMs = 20;
const requestsFirstMs = 30;
/** Several files are read at a request (ms). */
const usedMs = 50;

export interface SuccessionEvents {
  printed(chunk: Pick<OutputChunk, 'generation' | 'stream' | 'text'>): void;
  exchanged(line: string): void;
  readonly files: FileNews;
}

export class Succession {
  private readonly server: ServerContext;
  private readonly events: SuccessionEvents;
  private soon: { cancel(): void } | undefined;
  /** What restarts each generation of this command, if anything does. */
  private restarter: string | undefined;
  private command = '';

  constructor(server: ServerContext, events: SuccessionEvents) {
    this.server = server;
    this.events = events;
  }

  spawn(number: number, cause: Cause, replaces: number | undefined): void {
    const { roster, reporter, standby, control, env, attending } = this.server;
    const past = roster.overlays.of(cause);
    const taking = { number, files: past?.files ?? cause.files, past: past?.table };
    const spec = this.server.spec();
    const at = env.clock.now();
    const command = JSON.stringify(spec.command);
    if (command !== this.command) this.restarter = undefined;
    this.command = command;
    const started: Started = standby.take(taking) ?? {
      tree: this.startTree(taking, replaces !== undefined),
      origin: 'cold',
    };
    const { outdated } = started;
    const generation = new Generation(
      number,
      started,
      spec,
      control,
      env,
      generationEvents(number, this.hearer()),
    );
    generation.evidence.startedFor = cause.files;
    roster.started(generation.origin === 'cold' ? { at, cold: number } : { at });
    roster.add({ generation, cause, past, outdated, first: {} });
    const replaced = roster.find(replaces)?.generation;
    const holds = spec.duringBoot === 'hold' && attending.holds && replaced?.peers.allHolding === false;
    const isCold = replaces !== undefined && generation.origin === 'cold' && !attending.isAttended;
    const missed = isCold ? standby.missing : undefined;
    reporter.starting({ generation, cause, replaces, holds, noStandby: missed });
  }

  private startTree({ number, past }: Taking, replaces: boolean): ProcessTree {
    const { env, control, listeners, attending } = this.server;
    const spec = this.server.spec();
    const attended = attending.next(spec, number, replaces);
    const kept = new Map(listeners.keys().map((key) => [key, -1] as const));
    return new ProcessTree({
      clock: env.clock,
      spec,
      attended,
      inherited: attended === undefined ? listeners.descriptors() : kept,
      control: control.path,
      folder: env.folder,
      generation: number,
      past,
    });
  }

  /** What its generations tell goes to these. */
  private hearer(): Hearer {
    const { server, events } = this;
    const { roster, listeners, reporter, lateness, debugging } = server;
    return {
      roster,
      listeners,
      reporter,
      lateness,
      debugging,
      isActive: (number) => this.isActive(number),
      candidate: () => candidateOf(server.handoff().phase),
      now: () => server.env.clock.now(),
      input: (input) => server.input(input),
      changed: () => this.changedSoon(),
      accepted: (member) => this.accepted(member),
      unmanaged: (number) => void this.unmanaged(number),
      closed: (key) => this.close(key, 'the server closed it'),
      printed: (chunk) => events.printed(chunk),
      exchanged: (line) => events.exchanged(line),
      emit: (body) => server.emit(body),
      gone: (number, loss) => this.gone(number, loss),
    };
  }

  /** It serves as it would without us; if that can be helped, the next one is started at once, and otherwise. */
  private async unmanaged(number: number): Promise<void> {
    const { server } = this;
    const unmanaged = server.roster.find(number)?.generation.unmanaged;
    if (unmanaged === undefined) return;
    const { listener, program } = unmanaged;
    const found = { port: listener.port ?? 0, program };
    if (await server.attending.found(server.spec(), found)) unmanaged.isTried = true;
    server.input({ type: 'unmanaged', generation: number });
    const cause: Cause = { kind: 'front', files: [], at: server.env.clock.now() };
    if (unmanaged.isTried === true && this.isActive(number)) server.input({ type: 'swap', cause });
  }

  private isActive(number: number): boolean {
    return this.server.active()?.generation.number === number;
  }

  /** Held requests and closing connections come by the hundred. */
  private changedSoon(): void {
    this.soon ??= this.server.env.clock.setTimeout(() => {
      this.soon = undefined;
      this.server.changed();
    }, soonMs);
  }

  private accepted(member: Member): void {
    const { reporter, env } = this.server;
    if (!reporter.accepted(member)) return;
    this.server.roster.overlays.serves(member.past);
    const { generation } = member;
    this.server.changed();
    env.clock.setTimeout(() => {
      this.closeUnclaimed(generation);
    }, lateClaimMs);
    // To tell it all takes a process longer than to answer a request: those that waited come first. Until then
    // what its predecessor loaded is known.
    if (this.server.handoff().probation === undefined) void this.learn(generation);
    else env.clock.setTimeout(() => void this.learn(generation), requestsFirstMs);
  }

  private async learn(generation: Generation): Promise<void> {
    if (!this.isActive(generation.number)) return;
    const answer = await generation.loadedFiles();
    this.events.files.loaded(answer);
    this.heed(generation);
    if (await this.isRestarted(generation)) return;
    void this.server.standby.served(generation, answer);
  }

  /** By its own command: saves are left to that. Its standby would be another one of those. */
  private async isRestarted({ number, restarts, serverPid, peers, tree }: Generation): Promise<boolean> {
    restarts.by ??= this.restarter;
    await restarts.find(serverPid, peers.all);
    const { by } = restarts;
    if (by === undefined || !this.isActive(number)) return by !== undefined;
    if (by !== this.restarter) {
      const message =
        `${by} restarts the server by itself, and can't be taken apart: saves are left to it, and connections wait meanwhile. ` +
        "To have saves swapped, list the server's own command in hotSwap.servers.";
      this.server.emit({ event: 'notice', level: 'info', message });
    }
    this.restarter = by;
    this.server.changed();
    // Whoever was started with the listener hands it down to all that it starts.
    const cause: Cause = { kind: 'handDown', files: [], at: this.server.env.clock.now() };
    if (tree.inherited.size === 0) this.server.input({ type: 'swap', cause });
    return true;
  }

  /** What it loads at its first requests counts, too. */
  private heed({ number, startedAt, peers }: Generation): void {
    let pending: { cancel(): void } | undefined;
    peers.journal.watch(() => {
      pending ??= this.server.env.clock.setTimeout(() => {
        pending = undefined;
        if (this.isActive(number) && peers.journal.hasNews())
          this.events.files.usedMore(peers.used, startedAt);
      }, usedMs);
    });
  }

  private gone(number: number, loss: Loss): void {
    const { roster, reporter, listeners } = this.server;
    const generation = roster.find(number)?.generation;
    this.restarter ??= generation?.restarts.by;
    const retire = (): void => {
      const member = roster.find(number);
      if (member === undefined) return;
      reporter.retired(member);
      listeners.discard(number);
      roster.remove(number);
    };
    // Of a generation that served, this is the last word; of a candidate, why it failed comes first.
    if (generation?.served === true) {
      this.events.files.left(generation.peers.used);
      retire();
    } else if (generation !== undefined && this.server.handoff().next === number + 1) {
      this.events.files.failed(generation.peers.used, generation.startedAt);
    }
    this.server.input({ type: 'gone', generation: number, ...loss });
    retire();
    this.server.changed();
  }

  /** Listeners that the newer code does not use any more. */
  private closeUnclaimed(generation: Generation): void {
    if (!this.isActive(generation.number)) return;
    for (const key of this.server.listeners.keys()) {
      if (!generation.doors.has(key))
        this.close(key, `gen ${String(generation.number)} does not listen on it`);
    }
  }

  private close(key: string, reason: string): void {
    this.server.listeners.close(key);
    void this.server.standby.refit().then(() => {
      this.server.emit({ event: 'listenerClosed', listener: key, reason });
      this.server.changed();
    });
  }
}
