/**
 * When all breakpoints of a generation are in its process, by what the editor and js-debug say to each other. Of one that
 * a debugger came to before the save, that is to be known before it goes on: where an edit has moved breakpoints, the
 * editor says so only when it hears of the file's change on disk, long after the save.
 */
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';

/** Of the debug adapter protocol; lines and columns count from 1. */
interface Breakpoints {
  readonly source: { readonly path?: string };
  readonly breakpoints?: readonly { readonly line: number }[];
}

interface Message {
  readonly type: string;
  readonly seq: number;
  readonly request_seq?: number;
  readonly command?: string;
  readonly arguments?: unknown;
}

/** What js-debug is told of a process. */
class Told {
  /** In which it is; undefined: there is none yet. */
  session: vscode.DebugSession | undefined;
  /** The last of each path. */
  readonly breakpoints = new Map<string, Breakpoints>();
  /** By number: what it has not answered yet. */
  private readonly open = new Set<number>();
  /** It is answered when all is set that there was before. */
  private attach: number | undefined;
  private isAttached = false;

  get isSettled(): boolean {
    return this.isAttached && this.open.size === 0;
  }

  asked({ type, seq, command = '', arguments: told }: Message): void {
    if (type !== 'request') return;
    if (command === 'attach') this.attach = seq;
    if (!/^set\w*Breakpoints$/.test(command)) return;
    this.open.add(seq);
    if (command !== 'setBreakpoints') return;
    const { path } = (told as Breakpoints).source;
    if (path !== undefined) this.breakpoints.set(path, told as Breakpoints);
  }

  answered({ type, request_seq: seq = -1 }: Message): void {
    if (type !== 'response') return;
    if (seq === this.attach) this.isAttached = true;
    this.open.delete(seq);
  }
}

export class Settled implements Disposable {
  /** By id of the session of their generation. */
  private readonly all = new Map<string, Told>();
  private readonly emitter = new Emitter<void>();
  private readonly registration: vscode.Disposable;

  /** `isOurs`: it is of a generation, or of a standby. */
  constructor(isOurs: (session: vscode.DebugSession) => boolean) {
    this.registration = vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
      createDebugAdapterTracker: (session) => {
        const generation = isOurs(session) ? session : session.parentSession;
        if (generation === undefined || !isOurs(generation)) return undefined;
        const gone = (): void => {
          this.all.delete(generation.id);
          this.emitter.fire();
        };
        const ends = { onWillStopSession: gone, onExit: gone };
        if (generation === session) {
          this.all.set(session.id, new Told());
          return ends;
        }
        const told = this.all.get(generation.id);
        // The first one is of its process, others are of what that started.
        if (told === undefined || told.session !== undefined) return undefined;
        told.session = session;
        return {
          ...ends,
          onWillReceiveMessage: (message: Message) => told.asked(message),
          onDidSendMessage: (message: Message) => {
            told.answered(message);
            if (told.isSettled) this.emitter.fire();
          },
        };
      },
    });
  }

  /** Resolves when its process may go on. */
  async of(generation: vscode.DebugSession): Promise<void> {
    await this.once(generation);
    const told = this.all.get(generation.id);
    if (told === undefined) return;
    const { session } = told;
    const moved = [...told.breakpoints.values()].map(asMoved).filter((one) => one !== undefined);
    if (session === undefined) return;
    // One that has ended meanwhile answers nothing.
    const send = (one: object): Promise<unknown> =>
      Promise.resolve(session.customRequest('setBreakpoints', one));
    await Promise.allSettled(moved.map(send));
  }

  dispose(): void {
    this.registration.dispose();
    this.emitter.dispose();
  }

  private async once({ id }: vscode.DebugSession): Promise<void> {
    const isOver = (): boolean => this.all.get(id)?.isSettled !== false;
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const subscription = this.emitter.event(() => {
        if (!isOver()) return;
        subscription.dispose();
        resolve();
      });
    });
  }
}

/** As they are now, if they are as many and elsewhere: all other changes the editor tells at once. */
function asMoved(told: Breakpoints): object | undefined {
  const { source, breakpoints: before = [] } = told;
  const now = vscode.debug.breakpoints.filter(
    (one): one is vscode.SourceBreakpoint =>
      one instanceof vscode.SourceBreakpoint && one.enabled && one.location.uri.fsPath === source.path,
  );
  const lines = now.map(({ location }) => location.range.start.line + 1);
  const isThere = new Set(before.map(({ line }) => line));
  if (lines.length !== before.length || lines.every((line) => isThere.has(line))) return undefined;
  const breakpoints = now.map(({ location: { range }, condition, hitCondition, logMessage }) => ({
    line: range.start.line + 1,
    ...(range.start.character > 0 ? { column: range.start.character + 1 } : {}),
    condition,
    hitCondition,
    logMessage,
  }));
  return { ...told, breakpoints, lines, sourceModified: true };
}
