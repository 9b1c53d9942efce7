/** All servers of one workspace. Knows nothing of clients: rpc-server.ts speaks for it. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Inspectable } from '../shared/debugging/debug.ts';
import type { HandoffEvent, OutputChunk, ServerStatus, SwapOutcome } from '../shared/model.ts';
import type { ServerSpec } from '../shared/spec.ts';
import { Attending } from './attended/attending.ts';
import { ControlServer } from './generations/control-server.ts';
import type { Environment } from './folder/environment.ts';
import { Server } from './servers/server.ts';
import { untilCurrent } from './current.ts';
import { Unsaved } from './changes/unsaved.ts';
import type { Work } from './standby/hot-files.ts';
import type { Ask } from './changes/unsaved.ts';
import { Upgrades } from './changes/upgrades.ts';
import { WayBack } from './changes/way-back.ts';

export interface SupervisorEvents {
  readonly changed: (status: ServerStatus) => void;
  readonly happened: (event: HandoffEvent) => void;
  readonly printed: (chunk: OutputChunk) => void;
  readonly exchanged: (server: string, line: string) => void;
  readonly inspecting: (where: Inspectable) => void;
}

interface Supervised {
  readonly server: Server;
  readonly upgrades: Upgrades;
  readonly attending: Attending;
  readonly wayBack: WayBack;
}

export class Supervisor {
  private readonly servers = new Map<string, Supervised>();
  private readonly control: ControlServer;
  /** What editors have not saved, whatever server it is of. */
  private readonly unsavedFiles: Unsaved;
  private readonly atWork = new Map<object, Work>();
  private readonly env: Environment;
  private readonly events: SupervisorEvents;

  constructor(env: Environment, events: SupervisorEvents) {
    this.env = env;
    this.events = events;
    this.control = new ControlServer(env.folder);
    this.unsavedFiles = new Unsaved(env.clock);
  }

  async open(): Promise<void> {
    await this.control.listen();
  }

  get statuses(): readonly ServerStatus[] {
    return [...this.servers.values()].map(({ server }) => server.status);
  }

  find(name: string): Server | undefined {
    return this.servers.get(name)?.server;
  }

  /** Resolves when the code on disk is what answers, or can't; undefined: there is no such server. */
  untilCurrent(name: string): Promise<SwapOutcome> | undefined {
    const known = this.servers.get(name);
    return known && untilCurrent(known.server, known.upgrades, this.env.clock);
  }

  /** Throws an error for the user if it can't. */
  async back(server: Server): Promise<SwapOutcome> {
    const found = this.servers.get(server.name);
    if (found === undefined) throw new Error(`${server.name} is gone`);
    return await found.wayBack.take();
  }

  define(spec: ServerSpec): void {
    const known = this.servers.get(spec.name);
    if (known !== undefined) {
      known.server.define(spec);
      known.upgrades.define(spec);
      return;
    }
    const attending = new Attending(spec, this.env.folder, () => upgrades.again());
    const { control, env } = this;
    const server: Server = new Server(
      spec,
      { control, env, attending },
      {
        changed: this.events.changed,
        happened: (event) => {
          if (event.event === 'starting') wayBack.saw(event.cause.files);
          this.events.happened(event);
        },
        printed: this.events.printed,
        exchanged: (line) => {
          this.events.exchanged(spec.name, line);
        },
        inspecting: (generation, { pid, port, waits, ahead }) =>
          this.events.inspecting({ server: spec.name, generation, pid, port, waits, ahead }),
        files: {
          loaded: (answer) => void upgrades.loaded(answer).then(() => wayBack.learn(answer)),
          usedMore: (used, startedAt) =>
            void upgrades.usedMore(used, startedAt).then(() => wayBack.learn({ used, startedAt })),
          left: (used) => upgrades.left(used),
          failed: (used, startedAt) => void upgrades.failed(used, startedAt),
        },
        built: (since, at) => void upgrades.built(since, at),
        isUnchangedSince: (time) => upgrades.isUnchangedSince(time),
      },
    );
    const upgrades = new Upgrades(server, spec, attending, this.env.clock, this.unsavedFiles);
    const wayBack = new WayBack(server, upgrades, this.env);
    this.servers.set(spec.name, { server, upgrades, attending, wayBack });
  }

  saved(files: readonly string[], time: number): void {
    for (const { upgrades } of this.servers.values()) {
      void upgrades.changed(
        files.map((file) => path.resolve(file)),
        'save',
        time,
      );
    }
  }

  /** An editor wrote these, or is about to: what the disk says of it is no news. */
  writing(files: readonly string[]): void {
    const written = files.map(onDisk);
    this.unsavedFiles.spokenFor(written);
    for (const { upgrades } of this.servers.values()) upgrades.writing(written);
  }

  /** An editor, which may have more to say of files than it has said. */
  joined(client: object, ask: Ask): void {
    this.unsavedFiles.joined(client, ask);
  }

  left(client: object): void {
    if (this.atWork.delete(client)) this.tellWork();
    this.unsavedFiles.left(client);
    for (const { server } of this.servers.values()) server.debugging.end(client);
  }

  /** `files`: all that this client has unsaved changes of. */
  unsaved(client: object, files: readonly string[]): void {
    this.unsavedFiles.claim(client, files.map(onDisk));
  }

  /** What a client works on: files with unsaved changes, and those in view. */
  working(client: object, changed: readonly string[], open: readonly string[]): void {
    this.atWork.set(client, { changed: changed.map(onDisk), open: open.map(onDisk) });
    this.tellWork();
  }

  private tellWork(): void {
    const all = [...this.atWork.values()];
    const work = { changed: all.flatMap(({ changed }) => changed), open: all.flatMap(({ open }) => open) };
    for (const { server } of this.servers.values()) server.standby.working(work);
  }

  /** Ends every server in order, then closes. */
  async close(): Promise<void> {
    await Promise.all([...this.servers.values()].map(({ server }) => server.stop()));
    this.dispose();
  }

  /** Ends everything at once. */
  dispose(): void {
    for (const { server, upgrades, attending } of this.servers.values()) {
      server.dispose();
      attending.close();
      void upgrades.dispose();
    }
    this.servers.clear();
    this.unsavedFiles.dispose();
    this.control.close();
  }
}

/** The name by which runtimes load a file and watchers report it, whatever links an editor came by. */
function onDisk(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file); // not there yet, or not any more
  }
}
