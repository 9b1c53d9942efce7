/** Save-to-upgrade for one server: which changes swap it, and what is watched on disk for that. */
import type { ServerSpec } from '../../shared/spec.ts';
import { granularityMs } from '../../shared/stat.ts';
import { Changes } from './changes.ts';
import { isFolder, isOlder, writtenSince } from '../disk/contents.ts';
import { mayHaveChanged } from './unreported.ts';
import { Deployment, watched, withSources } from './deployment.ts';
import { keepApart } from './together.ts';
import { Rewritten } from './rewritten.ts';
import { DiskWatcher } from '../disk/disk-watcher.ts';
import type { Attending } from '../attended/attending.ts';
import type { Clock } from '../../shared/clock.ts';
import type { LoadedAnswer, UsedFiles } from '../generations/generation.ts';
import type { Server } from '../servers/server.ts';
import type { Unsaved } from './unsaved.ts';

/** The editor and the disk tell of one save in either order; the second is no news. */
const echoMs = 1000;
const settleMs = 500;
/** Between the editor's word that it writes and the disk's that it did. */
const writingMs = 2000;

export class Upgrades {
  private readonly server: Server;
  private readonly attending: Attending;
  private readonly clock: Clock;
  private readonly unsaved: Unsaved;
  changes: Changes;
  private readonly swapped = new Map<string, number>();
  private readonly written = new Map<string, number>();
  private watcher: DiskWatcher | undefined;
  private readonly deployment: Deployment;
  private readonly rewritten: Rewritten;
  spec: ServerSpec;
  /** Until it is done, a save can't be told from one that changes no byte. */
  private learning: Promise<void> = Promise.resolve();

  constructor(server: Server, spec: ServerSpec, attending: Attending, clock: Clock, unsaved: Unsaved) {
    this.server = server;
    this.attending = attending;
    this.clock = clock;
    this.unsaved = unsaved;
    this.spec = spec;
    this.changes = new Changes(withSources(spec, attending.sources));
    this.deployment = new Deployment(server, clock, (since) => this.sweep(since));
    this.rewritten = new Rewritten(server, clock, (file) => this.lookAgain(file));
    this.begin();
  }

  define(spec: ServerSpec): void {
    const isSame = watched(spec) === watched(this.spec);
    this.spec = spec;
    if (!isSame) this.again();
  }

  /** Other files count than so far. */
  again(): void {
    this.changes = new Changes(withSources(this.spec, this.attending.sources));
    void this.watcher?.close();
    this.watcher = undefined; // one that is closed watches again when it is updated
    this.begin();
    void this.refresh();
  }

  /** A generation serves that loaded these. */
  async loaded(answer: LoadedAnswer): Promise<void> {
    const { serving } = this.server.status;
    await this.learn(answer);
    if (this.watcher === undefined || serving === undefined) return;
    // A watcher begins to see a while after it was told to: look once for what it missed.
    this.clock.setTimeout(() => {
      const look = this.changes.changedSince(serving.since);
      void look.then((files) => this.watcher?.noteAll([...files, ...this.changes.appeared]));
    }, settleMs);
  }

  /** The generation that serves has used more. */
  async usedMore(used: UsedFiles, startedAt: number): Promise<void> {
    const more = await this.inTurn(() => this.changes.learnMore(used, startedAt));
    if (more === undefined) return;
    this.updateWatcher();
    // Nobody watched these while it used them; see above.
    const look = (): void => this.watcher?.noteAll(writtenSince(more, used.readBy));
    look();
    this.clock.setTimeout(look, settleMs);
  }

  /** A generation failed before it served. */
  async failed(used: UsedFiles, startedAt: number): Promise<void> {
    const changed = await this.inTurn(() => this.changes.attempt(used, startedAt));
    this.updateWatcher();
    this.watcher?.noteAll(changed); // nobody watched these while it used them
  }

  /** All that a generation did that is gone. */
  left(used: UsedFiles): void {
    this.changes.wrote(used);
  }

  /** The editor is about to write these: it will say itself what is to come of it, or nothing will. */
  writing(files: readonly string[]): void {
    for (const file of files) this.written.set(file, this.clock.now());
    this.server.prepare();
  }

  /** `time`: when the first of them changed, ms since the epoch. */
  async changed(all: readonly string[], kind: 'save' | 'disk', time: number): Promise<void> {
    const { state, restartedBy, unmanaged } = this.server.status;
    if (state === 'off') this.changes.forget(all);
    if (kind === 'save') this.rewritten.forget(all);
    if (state === 'off' || state === 'stopping') return;
    // What is written while the first of all is made is part of it.
    const { parts } = this.server;
    if (kind === 'disk' && parts.isStarting) return;
    const unmade = all.filter((file) => this.changes.isUsed(file) || !parts.isMade(file));
    const files = kind === 'save' ? unmade : unmade.filter((file) => !this.isEditors(file));
    await this.learning;
    // What builders make is loaded; of a source of theirs they tell themselves what becomes.
    const lenient = state !== 'serving' && !parts.hasBuilders;
    const generations = this.server.roster.generations.map(({ served, startedAt, peers }) => ({
      served,
      startedAt,
      used: peers.used,
    }));
    const usedByAll = generations.map(({ used }) => used);
    for (const used of usedByAll) this.changes.wrote(used);
    keepApart(this.server, this.spec, usedByAll);
    const booting = generations.filter(({ served }) => !served);
    this.changes.makes(booting.map(({ used }) => used));
    // Of what the one that boots was made of, news may come late: a build writes more than what is loaded.
    const newest = kind === 'disk' ? booting.at(-1) : undefined;
    const known = files.every((file) => this.changes.isUsed(file));
    if (!known && !lenient) await this.refresh();
    // What is in a folder that is new was there before anybody watched it.
    if (files.some(isFolder)) this.watcher?.noteAll(this.changes.appeared);
    const swapping: string[] = [];
    for (const file of files) {
      if (newest !== undefined && isOlder(file, newest.startedAt - granularityMs)) continue;
      const verdict = this.changes.judge(file, lenient, {
        isLeft: restartedBy !== undefined,
        isUnmanaged: unmanaged !== undefined,
      });
      if (verdict === 'changed' && kind === 'disk' && !this.rewritten.isNews(file)) continue;
      // Saved again while nothing can serve: the cause may lie outside the file, so try again.
      if (verdict === 'changed' || (verdict === 'unchanged' && state === 'down' && kind === 'save')) {
        swapping.push(file);
        this.swapped.set(file, this.clock.now());
      } else if (kind === 'save' && this.deployment.mayBeBuilt(file, time)) {
        // Its builder tells what becomes of it.
      } else if (kind === 'save' && this.clock.now() - (this.swapped.get(file) ?? 0) >= echoMs) {
        const generation = this.server.status.serving?.generation;
        this.server.emit({
          event: 'ignored',
          file,
          reason: verdict,
          ...(generation === undefined ? {} : { generation }),
        });
      }
    }
    // Not before they are judged, or the disk's news of the same write would be first.
    if (kind === 'save') for (const file of files) this.written.delete(file);
    if (swapping.length === 0) return;
    if (kind === 'disk') this.watcher?.swapped();
    await this.deployment.deploy({ kind, files: swapping, at: time });
  }

  /** What builders write may be new since then (ms since the epoch), and is whole; `at`: when they began. */
  async built(since: number, at: number): Promise<void> {
    if (this.spec.watchDisk) await this.deployment.built(since, at);
  }

  /** What the serving generation has loaded and is new since then, though nothing told of it yet. */
  private async sweep(since: number): Promise<readonly string[]> {
    await this.refresh();
    const files = await this.changes.changedSince(since);
    const changed = files.filter((file) => this.changes.judge(file, false) === 'changed');
    for (const file of changed) this.swapped.set(file, this.clock.now());
    return changed;
  }

  /** False also where that is not known. */
  async isUnchangedSince(time: number): Promise<boolean> {
    await this.learning;
    const { changes, spec } = this;
    if (changes.files.size === 0 || (await changes.changedSince(time)).length > 0) return false;
    return changes.isComplete || !(await mayHaveChanged(spec.cwd, time));
  }

  /** However late the news. */
  private isEditors(file: string): boolean {
    const written = this.written.get(file);
    if (written === undefined) return false;
    return this.clock.now() - written < writingMs || isOlder(file, written + 1);
  }

  readonly dispose = async (): Promise<void> => await this.watcher?.close();

  /** What was loaded since it began to serve: lazily required modules. */
  private async refresh(): Promise<void> {
    const answer = await this.server.loadedFiles();
    if (answer !== undefined) await this.learn(answer);
  }

  private async learn(answer: LoadedAnswer): Promise<void> {
    const { changes } = this;
    await this.inTurn(() => changes.learn(answer));
    this.updateWatcher();
  }

  /** What is learned one after the other is not overtaken. */
  private async inTurn<Result>(learn: () => Promise<Result>): Promise<Result> {
    const learned = this.learning.then(learn);
    this.learning = learned.then(() => undefined);
    return await learned;
  }

  private lookAgain(file: string): void {
    this.changes.forget([file]);
    this.watcher?.note(file);
  }

  private begin(): void {
    void this.inTurn(() => this.changes.begin(this.clock.now()));
    this.watch();
  }

  private watch(): void {
    if (!this.spec.watchDisk) return;
    this.watcher = new DiskWatcher(
      this.clock,
      this.changes.trees,
      (file) => this.changes.mayCount(file),
      () => this.server.prepare(),
      (files, time) => this.changedOnDisk(files, time),
      (message) => this.server.emit({ event: 'notice', level: 'warn', message }),
    );
    this.updateWatcher();
  }

  /** What an editor has unsaved is the editor's to tell. */
  private changedOnDisk(all: readonly string[], time: number): void {
    const files = all.filter((file) => !this.isEditors(file)); // now: news may have to wait
    if (files.length === 0) return;
    this.unsaved.pass(files, (news) => void this.changed(news, 'disk', time));
  }

  private updateWatcher(): void {
    this.watcher?.update([...this.changes.files, `${this.spec.cwd}/package.json`], this.changes.folders);
  }
}
