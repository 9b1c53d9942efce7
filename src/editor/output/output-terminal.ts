/** A server's output in a terminal, which can be closed and opened again, and survives the window's reload. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { HandoffEvent, OutputChunk, ServerStatus } from '../../shared/model.ts';
import type { RecentResult } from '../../shared/rpc.ts';
import { LineInput } from './line-input.ts';
import { OutputText } from './output-text.ts';
import type { Session } from '../servers/session.ts';

export class OutputTerminal implements Disposable {
  private readonly store = new DisposableStore();
  private readonly writeEmitter = this.store.add(new vscode.EventEmitter<string>());
  private readonly text = new OutputText((text) => {
    this.writeEmitter.fire(text);
  });
  /** Undefined until the past was written; what comes before that is part of it. */
  private live: Disposable | undefined;
  readonly terminal: vscode.Terminal;

  /** @param interrupt what Ctrl+C does */
  constructor(
    private readonly session: Session,
    private readonly server: string,
    interrupt: () => void,
  ) {
    const input = new LineInput({
      echo: (text) => {
        this.writeEmitter.fire(text);
      },
      send: (text) => session.current?.input(server, text),
      interrupt,
    });
    this.terminal = vscode.window.createTerminal({
      name: server,
      iconPath: new vscode.ThemeIcon('arrow-swap'),
      // VS Code would otherwise bring back an empty one after a reload.
      isTransient: true,
      pty: {
        onDidWrite: this.writeEmitter.event,
        open: () => {
          this.store.add(session.onDidAttach(() => void this.begin()));
          this.store.add(session.onDidLose((running) => this.lost(running)));
          void this.begin();
        },
        close: () => {
          this.dispose();
        },
        handleInput: (data: string) => {
          input.type(data);
        },
      },
    });
    this.store.defer(() => {
      this.terminal.dispose();
    });
  }

  dispose(): void {
    this.live?.dispose();
    this.store.dispose();
  }

  private lost(running: readonly ServerStatus[]): void {
    if (!running.some(({ name }) => name === this.server)) return;
    const { server } = this;
    this.text.happened({ event: 'stopped', server, time: Date.now(), exitCode: null, requested: true });
  }

  /** Writes what was printed so far, then follows. */
  private async begin(): Promise<void> {
    this.live?.dispose();
    const link = this.session.current;
    const recent = await link?.recent(this.server).catch(() => undefined);
    if (recent !== undefined) {
      for (const { event, chunk } of inOrder(recent)) {
        if (event !== undefined) this.text.happened(event);
        if (chunk !== undefined) this.text.print(chunk);
      }
    }
    const live = new DisposableStore();
    live.add(
      this.session.onDidHappen((event) => {
        if (event.server === this.server) this.text.happened(event);
      }),
    );
    live.add(
      this.session.onDidPrint((chunk) => {
        if (chunk.server === this.server) this.text.print(chunk);
      }),
    );
    this.live = live;
  }
}

interface Past {
  readonly time: number;
  readonly event?: HandoffEvent;
  readonly chunk?: OutputChunk;
}

function inOrder({ events, output }: RecentResult): readonly Past[] {
  const past: Past[] = [
    ...events.map((event) => ({ time: event.time, event })),
    ...output.map((chunk) => ({ time: chunk.time, chunk })),
  ];
  return past.sort((a, b) => a.time - b.time);
}
