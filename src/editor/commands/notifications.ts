/** The few things that a person must be told: an offer, nothing serves, the port is taken, a command failed. */
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ServerStatus } from '../../shared/model.ts';
import { commandIds } from '../status/actions.ts';
import type { Servers } from '../servers/servers.ts';
import { openSettings } from '../settings/settings.ts';
import type { ServerRef } from '../servers/server-ref.ts';

const goToError = 'Go to Error';
const showLog = 'Show Log';
const retry = 'Retry';

export class Notifications implements Disposable {
  private readonly subscription: Disposable;
  /** By server: what is on the screen now. */
  private readonly showing = new Map<string, string>();

  constructor(servers: Servers) {
    this.subscription = servers.onDidChange(({ ref, status }) => {
      if (status.state === 'down' && status.failure !== undefined)
        void this.down(ref, status, status.failure);
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Nothing serves: what failed, and what can be done about it. */
  private async down(ref: ServerRef, status: ServerStatus, failure: Failure): Promise<void> {
    const text = downText(status.name, failure);
    const key = JSON.stringify(ref);
    // The same trouble after the next save is no news.
    if (this.showing.get(key) === text) return;
    this.showing.set(key, text);
    const first = failure.reason === 'portTaken' ? [retry] : failure.file === undefined ? [] : [goToError];
    const answer = await vscode.window.showErrorMessage(text, ...first, showLog);
    if (this.showing.get(key) === text) this.showing.delete(key);
    if (answer === goToError) await vscode.commands.executeCommand(commandIds.goToError, ref);
    if (answer === retry) await vscode.commands.executeCommand(commandIds.swap, ref);
    if (answer === showLog) await vscode.commands.executeCommand(commandIds.showLog);
  }
}

export function downText(server: string, { message, advice }: Failure): string {
  return [
    `${server} can't serve: ${message.replace(/[.]?$/, '.')}`,
    ...(advice === undefined ? [] : [advice]),
  ].join(' ');
}

/** A command that the user gave could not be carried out. */
export async function showFailure(error: unknown): Promise<void> {
  const text = error instanceof Error ? error.message : String(error);
  const answer = await vscode.window.showErrorMessage(`Hot Swap: ${text}`, showLog);
  if (answer === showLog) await vscode.commands.executeCommand(commandIds.showLog);
}

/** A command needs settings that are wrong. */
export async function showSettingsErrors(errors: readonly string[]): Promise<void> {
  const answer = await vscode.window.showErrorMessage(`Hot Swap: ${errors.join('. ')}.`, 'Open Settings');
  if (answer !== undefined) await openSettings();
}
