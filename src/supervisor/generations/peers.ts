/** The processes of one generation that take part, seen as one: most generations have one, some have several. */
import type { LoadedReport, ToGeneration } from '../../runtimes/protocol/messages.ts';
import { acceptsAfter, standingAfter } from '../../runtimes/protocol/standing.ts';
import { noProgress, noResult } from '../../shared/model.ts';
import type { DrainProgress, DrainResult } from '../../shared/model.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OpenRequests, RequestMarks } from '../../shared/told/requests.ts';
import type { ControlPeer } from './control-server.ts';
import type { Journal, UsedFiles } from './journal.ts';
import { Questions } from './questions.ts';

interface FilesAnswer {
  readonly files: readonly string[];
  /** False if there may be more. */
  readonly complete: boolean;
  /** Read while booting. */
  readonly reads?: readonly string[] | undefined;
  /** See the protocol's `files`; only if one process answers for the whole generation. */
  readonly dependencies?: string | undefined;
}

/** A GET, by the listener that it came to. */
export interface Question {
  readonly key: string;
  readonly path: string;
}

export interface LoadedAnswer extends FilesAnswer {
  /** What its processes did to files, as far as they tell. */
  readonly used: UsedFiles;
  /** When the generation started, ms since the epoch: what changed later may differ from what it loaded. */
  readonly startedAt: number;
  /** When it had booted: what it made until then is as it made it if it has not changed since. */
  readonly bootedAt: number;
}

interface PeerState {
  readonly pid: number;
  readonly runtime: string;
  held: number;
  holding: boolean;
  stopped: boolean;
  accepts: boolean;
  progress: DrainProgress;
  result: DrainResult | undefined;
}

const nothing: FilesAnswer = { files: [], complete: false };

export class Peers {
  readonly journal: Journal;
  private readonly states = new Map<ControlPeer, PeerState>();
  readonly questions = new Questions();
  /** A client, one of them; true of those that are gone, too. */
  hasAnswered = false;
  /** A GET that it has answered well, once it was asked for one. */
  lastGet: Question | undefined;
  /** What those have said that are about to leave. */
  readonly marked: RequestMarks[] = [];
  /** What all were told that still holds: who comes later has to hear it, too. */
  private standing: ToGeneration | undefined;
  private accepts = false;
  /** Processes, also those that are gone. */
  private readonly pids = new Set<number>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  add(peer: ControlPeer, pid: number, runtime: string): void {
    this.pids.add(pid);
    this.states.set(peer, {
      pid,
      runtime,
      held: 0,
      holding: false,
      stopped: false,
      accepts: false,
      progress: noProgress,
      result: undefined,
    });
    if (this.accepts) this.accept(peer);
    if (this.standing !== undefined) peer.send(this.standing);
  }

  remove(peer: ControlPeer): void {
    this.states.delete(peer);
    this.questions.gone(peer);
  }

  get all(): Iterable<ControlPeer> {
    return this.states.keys();
  }

  get size(): number {
    return this.states.size;
  }

  /** Also those of code of the server's own that have not listened yet. */
  get isInvited(): boolean {
    return this.size > 0 || this.journal.tellsOfOwn();
  }

  get used(): UsedFiles {
    return this.journal.used([...this.pids]);
  }

  /** The process of the only one. */
  get onlyPid(): number | undefined {
    const [only, ...others] = this.states.values();
    return others.length > 0 ? undefined : only?.pid;
  }

  /** Of the first that took part. */
  get runtime(): string | undefined {
    const [first] = this.states.values();
    return first?.runtime;
  }

  get held(): number {
    return [...this.states.values()].reduce((sum, state) => sum + state.held, 0);
  }

  /** All have confirmed it since they were last told to. */
  get allHolding(): boolean {
    return [...this.states.values()].every((state) => state.holding);
  }

  get allStopped(): boolean {
    return [...this.states.values()].every((state) => state.stopped);
  }

  get progress(): DrainProgress {
    return sum(
      noProgress,
      [...this.states.values()].map(({ progress }) => progress),
    );
  }

  /** Once all have drained. */
  get result(): DrainResult | undefined {
    const results = [...this.states.values()].map(({ result }) => result);
    return results.includes(undefined)
      ? undefined
      : sum(
          noResult,
          results.filter((result) => result !== undefined),
        );
  }

  send(message: ToGeneration): void {
    this.standing = standingAfter(this.standing, message);
    this.accepts = acceptsAfter(this.accepts, message);
    for (const [peer, state] of this.states) {
      if (message.type === 'accept') state.accepts = true;
      if (message.type === 'hold' || message.type === 'release') state.holding = false;
      peer.send(message);
    }
  }

  /** Unless it does already. */
  accept(peer: ControlPeer): void {
    if (this.states.get(peer)?.accepts !== false) return;
    this.update(peer, { accepts: true });
    peer.send({ type: 'accept' });
  }

  holding(peer: ControlPeer): void {
    this.update(peer, { holding: true });
  }

  heldBy(peer: ControlPeer, requests: number): void {
    this.update(peer, { held: requests });
  }

  stopped(peer: ControlPeer, progress: DrainProgress): void {
    this.update(peer, { stopped: true });
    this.draining(peer, progress);
  }

  draining(peer: ControlPeer, { requests, eventStreams, webSockets, connections }: DrainProgress): void {
    this.update(peer, { progress: { requests, eventStreams, webSockets, connections } });
  }

  drained(peer: ControlPeer, { finished, eventStreams, webSockets, idle, lost }: DrainResult): void {
    this.update(peer, { result: { finished, eventStreams, webSockets, idle, lost } });
  }

  /** They accept again: what they said of stopping is void. */
  resumed(): void {
    for (const peer of this.states.keys()) {
      this.update(peer, { stopped: false, progress: noProgress, result: undefined });
    }
  }

  async loadedFiles(): Promise<Omit<LoadedAnswer, 'startedAt' | 'bootedAt'>> {
    const answers = await Promise.all(
      [...this.states.keys()].map(
        async (peer) => ((await this.questions.ask(peer, 'files')) ?? nothing) as FilesAnswer,
      ),
    );
    return {
      ...(answers.length === 1 ? { dependencies: answers[0]?.dependencies } : {}),
      files: answers.flatMap(({ files }) => files),
      reads: answers.flatMap(({ reads }) => reads ?? []),
      complete: answers.every(({ complete }) => complete),
      used: this.used,
    };
  }

  /** Undefined unless one process is the whole generation. */
  async modules(): Promise<LoadedReport | undefined> {
    const [only, ...others] = this.states.keys();
    if (only === undefined || others.length > 0) return undefined;
    return (await this.questions.ask(only, 'modules')) as LoadedReport | undefined;
  }

  /** Of each process that tells within `ms`; undefined: none does. */
  async requests(clock: Clock, ms: number): Promise<OpenRequests | undefined> {
    const peers = [...this.states.keys()];
    const told = await Promise.all(peers.map((peer) => this.questions.askSoon(peer, 'requests', clock, ms)));
    const answers = told.filter((answer) => answer?.type === 'requests');
    if (answers.length === 0) return undefined;
    const more = answers.reduce((sum, answer) => sum + answer.more, 0);
    return { requests: answers.flatMap(({ requests }) => requests), more };
  }

  private update(peer: ControlPeer, change: Partial<PeerState>): void {
    const state = this.states.get(peer);
    if (state !== undefined) Object.assign(state, change);
  }
}

/** Adds up records that have the same counters. */
function sum<Counts extends object>(zero: Counts, all: readonly Counts[]): Counts {
  const total = new Map<string, number>(Object.entries(zero));
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts as Record<string, number>)) {
      total.set(name, (total.get(name) ?? 0) + count);
    }
  }
  return Object.fromEntries(total) as Counts;
}
