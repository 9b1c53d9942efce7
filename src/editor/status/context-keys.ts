/** Tells VS Code what there is, so that the palette offers only what makes sense. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { isRunning, type Servers } from '../servers/servers.ts';

export class ContextKeys implements Disposable {
  private readonly store = new DisposableStore();
  private readonly set = new Map<string, boolean>();

  constructor(private readonly servers: Servers) {
    this.store.add(servers.onDidChange(() => this.update()));
    this.store.add(servers.onDidChangeList(() => this.update()));
  }

  dispose(): void {
    this.store.dispose();
  }

  private update(): void {
    const servers = this.servers.list();
    const running = servers.filter(isRunning);
    this.put('hotSwap.known', servers.length > 0);
    this.put('hotSwap.running', running.length > 0);
    this.put('hotSwap.startable', running.length < servers.length || servers.length === 0);
    this.put(
      'hotSwap.browsable',
      running.some(({ status }) => status?.listeners.some(({ port }) => port !== undefined)),
    );
  }

  private put(key: string, value: boolean): void {
    if (this.set.get(key) === value) return;
    this.set.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
