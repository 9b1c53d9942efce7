/** The output channel "Hot Swap": the handoff between generations as sentences, one block a swap. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { duration } from '../../shared/words/format.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { Narrator } from '../../shared/words/narrate.ts';
import type { ServerStatus } from '../../shared/model.ts';
import type { Servers } from '../servers/servers.ts';
import type { Session } from '../servers/session.ts';
import { portsOf } from '../status/words.ts';
import { shorten } from '../words/shorten.ts';

export class HandoffLog implements Disposable {
  private readonly store = new DisposableStore();

  constructor(
    readonly channel: vscode.LogOutputChannel,
    servers: Servers,
  ) {
    this.store.add(servers.onDidOpen((session) => this.follow(session)));
  }

  dispose(): void {
    this.store.dispose();
  }

  /** The session's own end ends its events. */
  private follow(session: Session): void {
    const narrator = new Narrator((file) => shorten(session.folder, file));
    session.onDidHappen((event) => {
      for (const { level, text } of narrator.lines(event)) this.channel[level](text);
    });
    session.onDidExchange(({ server, line }) => {
      this.channel.debug(`${server}: ${line}`);
    });
    session.onDidAttach((statuses) => {
      for (const status of statuses) if (status.serving !== undefined) this.channel.info(attached(status));
    });
    session.onDidLose((running) => {
      for (const { name } of running) {
        this.channel.warn(
          `${name}: stopped, because the supervisor of ${basename(session.folder)} has ended. ` +
            'Nothing serves now. Run "Hot Swap: Start Server".',
        );
      }
    });
  }
}

function attached({ name, serving, listeners }: ServerStatus): string {
  const ports = portsOf(listeners).map((port) => `:${String(port)}`);
  const where = ports.length === 0 ? '' : ` on ${ports.join(', ')}`;
  const up = duration(Date.now() - (serving?.since ?? 0));
  return `${name}: gen ${String(serving?.generation)} serves${where}, up ${up} (pid ${String(serving?.pid)})`;
}
