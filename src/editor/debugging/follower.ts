/** Debugging of one server: attaches js-debug to each of its generations before its first line, and ends with it. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Inspectable } from '../../shared/debugging/debug.ts';
import { rendezvousOf } from '../../shared/rendezvous.ts';
import type { Operations } from '../servers/operations.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { isRunning, type Servers } from '../servers/servers.ts';
import { attachTo, nameOf, processKey, processOf, type HotSwapConfiguration } from './configurations.ts';
import { RootAdapter, type Root } from './root-adapter.ts';
import type { Settled } from './settled.ts';

/** How long a session may take to let go of its process (ms). */
const leaveMs = 2000;

export interface FollowerParts {
  readonly servers: Servers;
  readonly operations: Operations;
}

/** A process that is debugged, or is about to be. */
interface Debuggee {
  /** 0 as long as it is a standby. */
  generation: number;
  session?: vscode.DebugSession;
  /** js-debug's own below it: what is read in the call stack. */
  main?: vscode.DebugSession;
  isAttached: Promise<boolean>;
}

export class Follower implements Root {
  readonly adapter = new RootAdapter(this);
  readonly ref: ServerRef;
  /** Of the server as a whole. */
  readonly session: vscode.DebugSession;
  private readonly parts: FollowerParts;
  private readonly settled: Settled;
  private readonly store = new DisposableStore();
  /** By `processOf`. */
  private readonly debuggees = new Map<string, Debuggee>();
  private readonly paused = new Set<Debuggee>();
  /** We did. */
  private hasStarted = false;
  private wasUp = false;
  private ending: Promise<void> | undefined;

  constructor(ref: ServerRef, session: vscode.DebugSession, parts: FollowerParts, settled: Settled) {
    this.ref = ref;
    this.session = session;
    this.parts = parts;
    this.settled = settled;
  }

  async begin(): Promise<void> {
    const { servers, operations } = this.parts;
    const { folder, server } = this.ref;
    const session = servers.session(folder);
    if (session === undefined) throw new Error(`${folder} is no folder of this workspace`);
    if (this.configuration['noDebug'] !== true) {
      this.store.add(
        session.onDidInspect((where) => {
          if (where.server === server) void this.meet(where);
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

  setPaused(session: vscode.DebugSession, isPaused: boolean): void {
    const debuggee = this.debuggees.get(idOf(session));
    if (debuggee === undefined) return;
    if (isPaused) this.paused.add(debuggee);
    else this.paused.delete(debuggee);
    const { folder, server } = this.ref;
    const { generation } = debuggee;
    const isAny = [...this.paused].some((one) => one.generation === generation);
    this.parts.servers.session(folder)?.current?.paused(server, generation, isAny);
  }

  end(): Promise<void> {
    this.ending ??= this.endNow();
    return this.ending;
  }

  private async endNow(): Promise<void> {
    const { servers, operations } = this.parts;
    this.store.dispose();
    await this.disconnect([...this.debuggees.values()]);
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

  /** A debugger can come there, or a standby to which one came is to go on. */
  private async meet(where: Inspectable): Promise<void> {
    const { folder, server } = this.ref;
    const id = processOf(where);
    let debuggee = this.debuggees.get(id);
    if (debuggee === undefined || !(await debuggee.isAttached)) {
      debuggee = { generation: where.generation, isAttached: this.attach(where) };
      this.debuggees.set(id, debuggee);
    }
    const isThere = await debuggee.isAttached;
    if (where.generation === 0) return; // it is not known yet whether it will be one
    debuggee.generation = where.generation;
    if (where.ahead === true && debuggee.session !== undefined) {
      for (const one of [debuggee.session, debuggee.main]) if (one !== undefined) one.name = nameOf(where);
      await this.settled.of(debuggee.session);
    }
    this.parts.servers.session(folder)?.current?.attached(server, where.port, isThere);
  }

  /** Resolves to whether a debugger is there. */
  private async attach(where: Inspectable): Promise<boolean> {
    const { folder, server } = this.ref;
    const session = this.parts.servers.session(folder);
    const cwd = session?.status(server)?.cwd ?? this.parts.servers.find(this.ref)?.definition?.cwd ?? folder;
    const generation = { where, cwd, ownFolder: rendezvousOf(folder, process.env).folder };
    return await vscode.debug.startDebugging(
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
  }

  private began(started: vscode.DebugSession): void {
    const debuggee = this.debuggees.get(idOf(started));
    if (debuggee !== undefined && started.parentSession?.id === this.session.id) debuggee.session = started;
    this.beganBelow(started);
  }

  /** js-debug calls the first one "Remote Process [0]", in every generation; helpers and threads have names that tell more. */
  private beganBelow(started: vscode.DebugSession): void {
    const above = started.parentSession;
    if (above === undefined) return;
    const debuggee = this.debuggees.get(idOf(above));
    if (debuggee === undefined || debuggee.main !== undefined) return;
    debuggee.main = started;
    started.name = above.name;
  }

  private ended(ended: vscode.DebugSession): void {
    const id = idOf(ended);
    const debuggee = this.debuggees.get(id);
    if (debuggee?.session?.id !== ended.id) return;
    if (this.paused.has(debuggee)) this.setPaused(ended, false);
    this.debuggees.delete(id);
  }

  /** Without an end of their processes. Their `stopDebugging` would be that of the server as a whole. */
  private async disconnect(debuggees: readonly Debuggee[]): Promise<void> {
    await Promise.all(debuggees.map(({ session }) => leave(session)));
  }
}

/** It is of a generation's process, or a standby's. */
export function isOfProcess(session: vscode.DebugSession): boolean {
  return idOf(session) !== '';
}

function idOf({ configuration }: vscode.DebugSession): string {
  const id: unknown = configuration[processKey];
  return typeof id === 'string' ? id : '';
}

/** One that is about to end by itself may answer nothing any more. */
async function leave(session: vscode.DebugSession | undefined): Promise<void> {
  if (session === undefined) return;
  const left = Promise.resolve(session.customRequest('disconnect', { terminateDebuggee: false }));
  const late = new Promise((resolve) => setTimeout(resolve, leaveMs));
  await Promise.race([left.catch(() => undefined), late]);
}
