/** Where js-debug's sessions stop, what they say, and what makes them. */
import * as vscode from 'vscode';
import { folder, get, until } from './workspace.ts';

interface Message {
  readonly command?: string;
  readonly event?: string;
  readonly body?: { readonly threadId: number; readonly output: string };
}

export interface Stop {
  readonly line: number;
  readonly file: string;
  readonly generation: string;
  /** What the call stack calls it. */
  readonly shown: string;
  readonly goOn: () => Promise<unknown>;
}

/** js-debug's sessions stop at these, in order. */
export class Stops {
  private readonly emitter = new vscode.EventEmitter<void>();
  private readonly all: { session: vscode.DebugSession; thread: number; line: number; file: string }[] = [];
  private readonly registration = vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage: (message: Message) => {
        if (message.command === 'attach' && session.parentSession !== undefined) {
          this.attached.add(session.parentSession);
          this.emitter.fire();
        }
        if (message.event === 'stopped') void this.stopped(session, message.body!.threadId);
        if (message.event !== 'output') return;
        this.printed += message.body!.output;
        this.emitter.fire();
      },
    }),
  });

  /** js-debug has set all breakpoints there. */
  private readonly attached = new Set<vscode.DebugSession>();
  private readonly ends = vscode.debug.onDidTerminateDebugSession((ended) => this.attached.delete(ended));
  /** In the debug console. */
  private printed = '';

  /** Resolves when js-debug has come to a standby, which waits for a save. */
  async ahead(): Promise<void> {
    const isThere = (): boolean => [...this.attached].some(({ name }) => name.endsWith(' · standby'));
    await until(this.emitter.event, isThere, 'a debugger is attached to the standby');
  }

  /** Resolves when the debug console says so. */
  async says(text: string): Promise<void> {
    await until(
      this.emitter.event,
      () => this.printed.includes(text),
      () => `${text}; it says ${this.printed}`,
    );
  }

  dispose(): void {
    this.registration.dispose();
    this.ends.dispose();
  }

  /** Asks until an answer is held at a breakpoint: one that was set just now may not be known there yet. */
  async held(path = '/slow'): Promise<{ readonly stop: Stop; readonly answer: ReturnType<typeof get> }> {
    for (;;) {
      let isAnswered = false;
      const answer = get(path);
      void answer.finally(() => {
        isAnswered = true;
        this.emitter.fire();
      });
      const isOver = (): boolean => isAnswered || this.all.length > 0;
      await until(this.emitter.event, isOver, 'it is answered, or a breakpoint is hit');
      if (this.all.length > 0) return { stop: await this.next(), answer };
    }
  }

  /** The next stop, with the name of its generation's session. */
  async next(): Promise<Stop> {
    await until(this.emitter.event, () => this.all.length > 0, 'a breakpoint is hit');
    const { session, thread, line, file } = this.all.shift()!;
    const generation = session.parentSession!;
    return {
      line,
      file,
      generation: generation.name,
      shown: session.name,
      goOn: () => Promise.resolve(session.customRequest('continue', { threadId: thread })),
    };
  }

  private async stopped(session: vscode.DebugSession, thread: number): Promise<void> {
    const trace = (await session.customRequest('stackTrace', { threadId: thread, levels: 1 })) as {
      stackFrames: { line: number; source: { path: string } }[];
    };
    const [frame] = trace.stackFrames;
    this.all.push({ session, thread, line: frame!.line, file: frame!.source.path });
    this.emitter.fire();
  }
}

export function breakAt(
  file: string,
  line: number,
  { condition, log }: { readonly condition?: string; readonly log?: string } = {},
): vscode.Breakpoint {
  const place = new vscode.Location(
    vscode.Uri.joinPath(vscode.Uri.file(folder), file),
    new vscode.Position(line - 1, 0),
  );
  const breakpoint = new vscode.SourceBreakpoint(place, true, condition, undefined, log);
  vscode.debug.addBreakpoints([breakpoint]);
  return breakpoint;
}
