/** What the parts of one server have in common. */
import type { Handoff, Input } from '../../handoff/state.ts';
import type { EventBody, HandoffEvent, OutputChunk, ServerStatus } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Attending } from '../attended/attending.ts';
import type { Environment } from '../folder/environment.ts';
import type { ControlServer } from '../generations/control-server.ts';
import type { LoadedAnswer, UsedFiles } from '../generations/generation.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import type { StandbyKeeper } from '../standby/standby-keeper.ts';
import type { Lateness } from './lateness.ts';
import type { Reporter } from './reporter.ts';
import type { Member, Roster } from './roster.ts';

/** What a server is given. */
export interface Surroundings {
  readonly env: Environment;
  readonly control: ControlServer;
  readonly attending: Attending;
}

export interface ServerContext extends Surroundings {
  readonly roster: Roster;
  readonly listeners: ListenerStore;
  readonly reporter: Reporter;
  readonly standby: StandbyKeeper;
  readonly lateness: Lateness;
  /** As the next generation will have it. */
  spec(): ServerSpec;
  handoff(): Handoff;
  /** The generation that accepts or would, if any. */
  active(): Member | undefined;
  /** Tells the handoff what happened. */
  input(input: Input): void;
  emit(body: EventBody): void;
  /** The status is another. */
  changed(): void;
}

/** Which files its generations use. */
export interface FileNews {
  /** A generation serves, with what it has loaded so far. */
  loaded(answer: LoadedAnswer): void;
  /** It has used more files since. */
  usedMore(used: UsedFiles, startedAt: number): void;
  /** A generation failed before it served, having used these. */
  failed(used: UsedFiles, startedAt: number): void;
  /** A generation that served is gone, having used these. */
  left(used: UsedFiles): void;
}

/** What one server tells the supervisor. */
export interface ServerEvents {
  changed(status: ServerStatus): void;
  happened(event: HandoffEvent): void;
  printed(chunk: OutputChunk): void;
  exchanged(line: string): void;
  readonly files: FileNews;
  /** What its builders write may be new since then (ms since the epoch), and is whole; `at`: when they began. */
  built(since: number, at: number): void;
  /** No file that the serving generation has loaded has changed since then (ms since the epoch). */
  isUnchangedSince(time: number): Promise<boolean>;
}
