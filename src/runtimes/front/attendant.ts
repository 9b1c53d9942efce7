/** One server behind a front: gives each generation a port of its own, and says when it listens there. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Attendant, Attended, Listening, Site, SourceGlobs, Subject } from '../attendant.ts';
import type { ToGeneration } from '../protocol/messages.ts';
import { hostsOf, planOf } from './moves.ts';
import type { FrontPlan, Moved, Moves } from './moves.ts';
import { PrivatePorts } from './ports.ts';
import type { Place, Places } from './ports.ts';
import { whereServed } from './reach.ts';
import type { FromThread, ToThread } from './thread.ts';

/** In the supervisor's folder. */
export const threadFile = 'front.js';

const noStandby = 'behind the front, nobody knows what it loads';

/** Between two looks whether it listens (ms): clients wait meanwhile; later it is a slow one. */
const lookMs = { first: 5, later: 25, laterAfter: 1000 };

let lastDoor = 0;

export class FrontAttendant implements Attendant {
  readonly participation = 'front';
  readonly holds = true;
  readonly promise: string;
  readonly sources: SourceGlobs;
  readonly key: string;
  private readonly site: Site;
  private readonly moves: Moves;
  private readonly places: Places;
  private readonly mixed: boolean;
  /** What it is given says where it listens, and nothing else. */
  private readonly isGiven: boolean;
  private readonly attended = new Map<number, Behind>();
  private worker: Worker | undefined;
  private listening: Promise<FromThread & { on: 'listening' | 'taken' }> | undefined;
  /** The supervisor has it among its listeners. */
  private isKept = false;
  private heard: ((news: FromThread & { on: 'listening' | 'taken' }) => void) | undefined;

  constructor(site: Site, { moves, sources, places, detail, mixed }: FrontPlan) {
    this.site = site;
    this.moves = moves;
    this.sources = sources;
    this.key = `tcp:${moves.host ?? '*'}:${String(moves.port)}`;
    this.promise = `front on :${String(moves.port)}${detail === undefined ? '' : `, ${detail}`}`;
    this.places = places ?? new PrivatePorts();
    this.isGiven = places !== undefined;
    this.mixed = mixed === true;
  }

  async ready(): Promise<void> {
    await this.places.ready();
  }

  next(spec: ServerSpec, generation: number): Attended {
    const place = this.places.take();
    const { port } = place;
    // The command may be another than before; where clients look for it is changed by a cold start only.
    const moves = this.isGiven ? this.moves : (planOf(spec)?.moves ?? this.moves);
    const moved = moves.to(spec, port);
    const attended = new Behind(this, generation, place, moved);
    this.attended.set(generation, attended);
    return attended;
  }

  close(): void {
    void this.worker?.terminate();
    this.worker = undefined;
    this.listening = undefined;
  }

  get port(): number {
    return this.moves.port;
  }

  /** Of one that is given its socket: as its settings say. */
  get isPublic(): boolean {
    return this.moves.host === undefined;
  }

  tell(order: ToThread): void {
    this.thread.postMessage(order);
  }

  forget(generation: number): void {
    this.attended.delete(generation);
    this.worker?.postMessage({ to: 'leave', generation } satisfies ToThread);
  }

  /** Once; again after it was closed. `isPublic`: as the first generation does on its own port. */
  async listen(isPublic: boolean): Promise<FromThread & { on: 'listening' | 'taken' }> {
    this.listening ??= new Promise((resolve) => {
      this.heard = resolve;
      const { host, port } = this.moves;
      // Every address by way of IPv6, as Node does it; else both loopback addresses, since nobody knows which is asked for.
      const hosts = host === undefined ? (isPublic ? [undefined] : ['127.0.0.1', '::1']) : hostsOf(host);
      this.tell({ to: 'listen', port, hosts, mixed: this.mixed });
    });
    const news = await this.listening;
    if (news.on === 'taken') this.listening = undefined;
    return news;
  }

  keptBy(subject: Subject | undefined): void {
    if (!this.isKept) subject?.keeps(this.key, () => this.closeListener());
    this.isKept = true;
  }

  /** The listener is not wanted any more. */
  private closeListener(): void {
    this.worker?.postMessage({ to: 'close' } satisfies ToThread);
    this.isKept = false;
    this.listening = undefined;
  }

  newDoor(generation: number): string {
    lastDoor += 1;
    const name = `g${String(generation)}-${String(process.pid)}-${String(lastDoor)}`;
    return process.platform === 'win32' ? `\\\\.\\pipe\\hot-swap-${name}` : path.join(this.site.folder, name);
  }

  private get thread(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(path.join(this.site.folder, threadFile));
    this.worker = worker;
    worker.on('message', (news: FromThread) => this.hear(news));
    worker.on('error', (error) => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.listening = undefined;
      for (const one of this.attended.values()) one.frontFailed(error);
    });
    return worker;
  }

  private hear(news: FromThread): void {
    if (news.on === 'listening' || news.on === 'taken') this.heard?.(news);
    else if (news.on === 'open') this.attended.get(news.generation)?.opened();
    else this.attended.get(news.generation)?.said(news.message);
  }
}

class Behind implements Attended {
  readonly command: Moved['command'];
  readonly env: Moved['env'];
  readonly descriptors: readonly number[];
  readonly expects: readonly string[];
  readonly uninvited;
  readonly notReadyAdvice;
  private readonly front: FrontAttendant;
  private readonly generation: number;
  private readonly place: Place;
  private readonly door: string;
  private subject: Subject | undefined;
  private isOver = false;

  constructor(front: FrontAttendant, generation: number, place: Place, { command, env, by }: Moved) {
    this.front = front;
    this.generation = generation;
    this.place = place;
    this.descriptors = place.descriptors ?? [];
    this.command = command;
    this.env = env;
    this.expects = [front.key];
    this.door = front.newDoor(generation);
    this.uninvited = {
      missing: 'a port that can be moved',
      advice: `It does not listen where ${by} says. If its command can say the port, list it in hotSwap.servers with \${port} in it.`,
    };
    this.notReadyAdvice = `Does it listen where ${by} says?`;
  }

  begin(subject: Subject): void {
    this.subject = subject;
    void this.untilListening(subject);
  }

  hear(message: ToGeneration): void {
    const { generation, subject } = this;
    if (message.type === 'files') {
      subject?.says({ type: 'files', id: message.id, files: [], complete: true });
    } else if (message.type === 'modules') {
      subject?.says({ type: 'modules', id: message.id, unfit: noStandby, own: null });
    } else if (message.type === 'retire') {
      subject?.signal(message.signal ?? 'SIGTERM');
    } else {
      this.front.tell({ to: 'hear', generation, message });
    }
  }

  printed(): void {
    // Its port tells.
  }

  isExpected(port: number): boolean {
    return port === this.place.port;
  }

  ended(): void {
    this.isOver = true;
    this.front.forget(this.generation);
    this.place.close?.();
    this.subject?.leaves();
  }

  said(message: Parameters<Subject['says']>[0]): void {
    this.subject?.says(message);
  }

  /** Its place in the front is there, and it listens. */
  opened(): void {
    const { key, port } = this.front;
    const { door, subject } = this;
    this.front.keptBy(subject);
    subject?.says({ type: 'listening', key, adopted: true, door, tls: false, port });
  }

  frontFailed(error: Error): void {
    this.subject?.says({ type: 'trouble', message: `the front failed: ${error.message}` });
    this.subject?.leaves();
  }

  private async untilListening(subject: Subject): Promise<void> {
    const found = await this.look(subject);
    if (found === undefined) return;
    const news = await this.front.listen(found.isPublic);
    if (this.isOver) return;
    subject.joins('front');
    const { key, port } = this.front;
    if (news.on === 'taken') {
      subject.says({ type: 'listenFailed', key, code: news.code, message: news.message, port });
      subject.signal('SIGTERM');
      return;
    }
    const { generation, door } = this;
    this.front.tell({ to: 'open', generation, key, host: found.host, port: this.place.port, door });
  }

  private async look(subject: Subject): Promise<Listening | undefined> {
    const began = performance.now();
    for (;;) {
      if (this.isOver) return undefined;
      const found = await whereServed(this.place, subject, this.front.isPublic, performance.now() - began);
      if (found !== undefined) return found;
      const pauseMs = performance.now() - began < lookMs.laterAfter ? lookMs.first : lookMs.later;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
