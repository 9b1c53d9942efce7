/** The generation indicator: one item per running server, or one that says that nothing runs. */
import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { ServerStatus } from '../../shared/model.ts';
import { commandIds } from './actions.ts';
import { isRunning, type Servers } from '../servers/servers.ts';
import type { Savings } from './savings.ts';
import { SteadyStatus } from './steady-status.ts';
import { indicate, offIndicator, type Indicator } from './status-text.ts';
import { offTooltip, tooltip } from './tooltip.ts';
import type { ServerRef } from '../servers/server-ref.ts';

/** Right of problems and branch: found, and not in the way. */
const priority = 50;
/** How often the tooltip's ages are brought up to date: they count minutes, but a drain counts seconds. */
const refreshMs = 30_000;
const refreshDrainingMs = 1000;

interface Shown {
  readonly ref: ServerRef;
  readonly steady: SteadyStatus;
  status: ServerStatus;
}

/** What one item shows. */
interface View {
  readonly name: string;
  readonly indicator: Indicator;
  readonly tooltip: string;
  readonly arguments: readonly unknown[];
}

export class StatusBar implements Disposable {
  private readonly store = new DisposableStore();
  /** Running servers in the order of their start. */
  private readonly shown = new Map<string, Shown>();
  /** Reused in order: users hide and place items by their ids. */
  private readonly items: vscode.StatusBarItem[] = [];
  private readonly changeEmitter = this.store.add(new Emitter<void>());
  private timer: { cancel(): void } | undefined;
  private views: readonly View[] = [];
  private settled = false;

  /** What the status bar shows may have changed. */
  readonly onDidChange = this.changeEmitter.event;

  constructor(
    private readonly servers: Servers,
    private readonly clock: Clock,
    private readonly savings: Savings,
  ) {
    this.store.add(servers.onDidChange(({ ref, status }) => this.update(ref, status)));
    this.store.add(servers.onDidChangeList(() => this.render()));
  }

  /** From here on, that nothing is known to run means that nothing runs. */
  settle(): void {
    this.settled = true;
    this.render();
  }

  /** What is shown now, for tests. */
  get current(): readonly Indicator[] {
    return this.views.map(({ indicator }) => indicator);
  }

  dispose(): void {
    this.timer?.cancel();
    for (const { steady } of this.shown.values()) steady.dispose();
    for (const item of this.items) item.dispose();
    this.store.dispose();
  }

  private update(ref: ServerRef, status: ServerStatus): void {
    const key = JSON.stringify(ref);
    if (status.state === 'off') {
      this.shown.get(key)?.steady.dispose();
      this.shown.delete(key);
      this.render();
      return;
    }
    const shown = this.shown.get(key) ?? this.add(key, ref, status);
    shown.steady.update(status);
  }

  private add(key: string, ref: ServerRef, status: ServerStatus): Shown {
    const steady = new SteadyStatus(this.clock, (settled) => {
      shown.status = settled;
      this.render();
    });
    const shown: Shown = { ref, steady, status };
    this.shown.set(key, shown);
    return shown;
  }

  private render(): void {
    const known = this.servers.list();
    const running = [...this.shown.values()].map(({ ref, status }) => ({
      name: `Hot Swap: ${ref.server}`,
      indicator: indicate(status, known.length > 1),
      tooltip: tooltip(status, ref, this.clock.now(), this.savings.of(ref)),
      arguments: [ref],
    }));
    const nothingRuns = this.settled && known.length > 0 && !known.some(isRunning) && running.length === 0;
    const off = { name: 'Hot Swap', indicator: offIndicator, tooltip: offTooltip(), arguments: [] };
    this.views = nothingRuns ? [off] : running;
    this.views.forEach((view, index) => {
      show((this.items[index] ??= createItem(index)), view);
    });
    for (const item of this.items.slice(this.views.length)) item.hide();
    this.refreshLater();
    this.changeEmitter.fire();
  }

  private refreshLater(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.shown.size === 0) return;
    const draining = [...this.shown.values()].some(({ status }) => status.draining.length > 0);
    this.timer = this.clock.setTimeout(() => this.render(), draining ? refreshDrainingMs : refreshMs);
  }
}

function createItem(index: number): vscode.StatusBarItem {
  const id = index === 0 ? 'hotSwap.status' : `hotSwap.status.${String(index + 1)}`;
  return vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left, priority);
}

function show(item: vscode.StatusBarItem, { name, indicator, tooltip, arguments: args }: View): void {
  item.name = name;
  item.text = indicator.text;
  item.tooltip = markdown(tooltip);
  item.command = { command: commandIds.showActions, title: 'Hot Swap', arguments: [...args] };
  item.accessibilityInformation = { label: indicator.label, role: 'button' };
  item.backgroundColor = indicator.alarming
    ? new vscode.ThemeColor('statusBarItem.errorBackground')
    : undefined;
  item.show();
}

function markdown(text: string): vscode.MarkdownString {
  const result = new vscode.MarkdownString(text);
  result.isTrusted = { enabledCommands: Object.values(commandIds) };
  return result;
}
