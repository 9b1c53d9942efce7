/** The Generations view. What it shows is computed while it is visible; hidden, it has a badge and costs nothing. */
import { isAbsolute, relative } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { Servers } from '../servers/servers.ts';
import { commandIds } from '../status/actions.ts';
import { stateOf } from '../status/states.ts';
import { t } from '../words/l10n.ts';
import type { Live } from './live.ts';
import type { Row } from './row.ts';

export const viewId = 'hotSwap.generations';

export class GenerationsView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changeEmitter = new vscode.EventEmitter<undefined>();
  private readonly shownEmitter = this.store.add(new Emitter<void>());
  private readonly view: vscode.TreeView<Row>;
  private live: Live | undefined;
  private rows: readonly Row[] = [];
  private text = '';

  /** What it shows is another. */
  readonly onDidShow = this.shownEmitter.event;

  constructor(
    private readonly servers: Servers,
    private readonly clock: Clock,
  ) {
    this.store.add(this.changeEmitter);
    this.view = this.store.add(
      vscode.window.createTreeView<Row>(viewId, {
        treeDataProvider: {
          onDidChangeTreeData: this.changeEmitter.event,
          getChildren: (row) => [...(row === undefined ? this.rows : (row.children ?? []))],
          getTreeItem: (row) => itemOf(row),
          getParent: () => undefined,
        },
        showCollapseAll: true,
      }),
    );
    this.store.add(this.view.onDidChangeVisibility(() => void this.follow()));
    this.store.add(servers.onDidChange(() => this.setBadge()));
    this.store.add(servers.onDidChangeList(() => this.setBadge()));
    void this.follow();
  }

  /** What it shows now, for tests. */
  get current(): readonly Row[] {
    return this.rows;
  }

  /** What is selected in it: for commands that come from the keyboard. */
  get selected(): Row | undefined {
    return this.view.selection[0];
  }

  dispose(): void {
    this.live?.dispose();
    this.store.dispose();
  }

  private async follow(): Promise<void> {
    if (!this.view.visible) {
      this.live?.dispose();
      this.live = undefined;
      return;
    }
    // Most windows never show it.
    this.look(await import('../later.ts'));
  }

  private look({ Live, tree }: typeof import('../later.ts')): void {
    if (!this.view.visible || this.live !== undefined) return;
    const live: Live = new Live(this.servers, this.clock, () => {
      this.show(tree(live.known, this.clock.now(), (file) => this.shorten(file)));
    });
    this.live = live;
  }

  private show(rows: readonly Row[]): void {
    const text = JSON.stringify(rows);
    if (text === this.text) return;
    this.text = text;
    this.rows = rows;
    this.changeEmitter.fire(undefined);
    this.shownEmitter.fire();
  }

  private setBadge(): void {
    const failed = this.servers
      .list()
      .filter(({ status }) => status !== undefined && stateOf(status)?.alarming === true).length;
    const tooltip = failed === 1 ? t('A swap failed') : t('Swaps of {0} servers failed', failed);
    if (this.view.badge?.value === (failed === 0 ? undefined : failed)) return;
    this.view.badge = failed === 0 ? undefined : { value: failed, tooltip };
  }

  private shorten(file: string): string {
    for (const { folder } of this.servers.sessions) {
      const path = relative(folder, file);
      if (!path.startsWith('..') && !isAbsolute(path) && path !== '') return path;
    }
    return file;
  }
}

function itemOf(row: Row): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const state = row.children === undefined ? None : row.open === true ? Expanded : Collapsed;
  const item = new vscode.TreeItem(row.label, state);
  item.id = row.id;
  item.contextValue = row.kind;
  item.tooltip = row.tooltip ?? `${row.label} ${row.description ?? ''}`;
  item.accessibilityInformation = { label: row.spoken };
  if (row.description !== undefined) item.description = row.description;
  if (row.icon !== undefined) {
    const { id, color } = row.icon;
    item.iconPath = new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
  }
  if (row.does !== undefined)
    item.command = { command: commandIds[row.does], title: row.label, arguments: [row] };
  return item;
}
