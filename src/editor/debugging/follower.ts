/** Debugging of one server: attaches js-debug to each of its generations before its first line, and ends with it. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Inspectable } from '../../shared/debugging/debug.ts';
import { rendezvousOf } from '../../shared/rendezvous.ts';
import type { Operations } from '../servers/operations.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { isRunning, type Servers } from '../servers/servers.ts';
import { attachTo, generationKey, type HotSwapConfiguration } from './configurations.ts';
import { RootAdapter, type Root } from './root-adapter.ts';

/** How long a session may take to let go of its process (ms). */
const leaveMs = 2000;

export interface FollowerParts {
  readonly servers: Servers;
  readonly operations: Operations;
}

export class Follower implements Root {
  readonly adapter = new RootAdapter(this);
  readonly ref: ServerRef;
  /** Of the server as a whole. */
  readonly session: vscode.DebugSession;
  private readonly parts: FollowerParts;
  private readonly store = new DisposableStore();
  /** By number. */
  private readonly generations = new Map<number, vscode.DebugSession>();
  private readonly paused = new Set<number>();
  /** We did. */
  private hasStarted = false;
  private wasUp = false;
  private ending: Promise<void> | undefined;

  constructor(ref: ServerRef, session: vscode.DebugSession, parts: FollowerParts) {
    this.ref = ref;
    this.session = session;
    this.parts = parts;
  }

  async begin(): Promise<void> {
    const { servers, operations } = this.parts;
    const { folder, server } = this.ref;
    const session = servers.session(folder);
    if (session === undefined) throw new Error(`${folder} is no folder of this workspace`);
    if (this.configuration['noDebug'] !== true) {
      this.store.add(
        session.onDidInspect((where) => {
          if (where.server === server) void this.attach(where);
        }),
      );
      this.store.add(vscode.debug.onDidStartDebugSession((started) => this.began(started)));
      this.store.add(vscode.debug.onDidTerminateDebugSession((ended) => this.ended(ended)));
      await operations.debug(this.ref, true);
    }
    this.store.add(
      session.onDidChange(({ name, state }) => {
        if (name !== server) return;
        if (state !== 'off') this.wasUp = true;
        else if (this.wasUp) this.adapter.terminated();
      }),
    );
    this.wasUp = this.isUp;
  }

  async go(): Promise<void> {
    if (this.isUp) return;
    this.hasStarted = true;
    const outcome = await this.parts.operations.start(this.ref);
    if (outcome.outcome === 'rolledBack') this.adapter.say(`${outcome.failure.message}. Fix and save.`);
  }

  async restart(): Promise<void> {
    await this.parts.operations.restart(this.ref);
  }

  /** Who is paused runs on, and the swap that waits for it follows: nothing of what it was at is lost. */
  async letGo(): Promise<void> {
    await this.disconnect([...this.paused]);
  }

  setPaused(generation: number, isPaused: boolean): void {
    if (isPaused) this.paused.add(generation);
    else this.paused.delete(generation);
    const { folder, server } = this.ref;
    this.parts.servers.session(folder)?.current?.paused(server, generation, isPaused);
  }

  end(): Promise<void> {
    this.ending ??= this.endNow();
    return this.ending;
  }

  private async endNow(): Promise<void> {
    const { servers, operations } = this.parts;
    this.store.dispose();
    await this.disconnect([...this.generations.keys()]);
    // The supervisor may be gone, and with it the server.
    await operations.debug(this.ref, false).catch(() => undefined);
    if (!this.hasStarted || this.configuration.request !== 'launch') return;
    await operations.stop(this.ref).catch(() => undefined);
    servers.forget(this.ref);
  }

  private get configuration(): HotSwapConfiguration {
    return this.session.configuration;
  }

  private get isUp(): boolean {
    const known = this.parts.servers.find(this.ref);
    return known !== undefined && isRunning(known);
  }

  private async attach(where: Inspectable): Promise<void> {
    const { folder, server } = this.ref;
    const session = this.parts.servers.session(folder);
    const cwd = session?.status(server)?.cwd ?? this.parts.servers.find(this.ref)?.definition?.cwd ?? folder;
    const generation = { where, cwd, ownFolder: rendezvousOf(folder, process.env).folder };
    const isThere = await vscode.debug.startDebugging(
      vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)),
      attachTo(generation, this.configuration),
      {
        parentSession: this.session,
        lifecycleManagedByParent: true,
        consoleMode: vscode.DebugConsoleMode.MergeWithParent,
        compact: true,
        // A swap comes by itself: it saves nothing, and shows nothing.
        suppressSaveBeforeStart: true,
        suppressDebugView: true,
      },
    );
    session?.current?.attached(server, where.port, isThere);
  }

  private began(started: vscode.DebugSession): void {
    const generation = generationOf(started);
    if (generation !== undefined && started.parentSession?.id === this.session.id)
      this.generations.set(generation, started);
  }

  private ended(ended: vscode.DebugSession): void {
    const generation = generationOf(ended);
    if (generation === undefined || this.generations.get(generation)?.id !== ended.id) return;
    this.generations.delete(generation);
    if (this.paused.has(generation)) this.setPaused(generation, false);
  }

  /** Without an end of their processes. Their `stopDebugging` would be that of the server as a whole. */
  private async disconnect(generations: readonly number[]): Promise<void> {
    await Promise.all(generations.map((generation) => leave(this.generations.get(generation))));
  }
}

export function generationOf({ configuration }: vscode.DebugSession): number | undefined {
  const generation: unknown = configuration[generationKey];
  return typeof generation === 'number' ? generation : undefined;
}

/** One that is about to end by itself may answer nothing any more. */
async function leave(session: vscode.DebugSession | undefined): Promise<void> {
  if (session === undefined) return;
  const left = Promise.resolve(session.customRequest('disconnect', { terminateDebuggee: false }));
  const late = new Promise((resolve) => setTimeout(resolve, leaveMs));
  await Promise.race([left.catch(() => undefined), late]);
}
