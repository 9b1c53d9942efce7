/** The workspace that the suite edits, and what its tests wait for. */
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HotSwapApi } from '../../../src/editor/api.ts';
import type { ServerRef } from '../../../src/editor/servers/server-ref.ts';
import type { Event } from '../../../src/shared/emitter.ts';
import type { Cause, ServerStatus } from '../../../src/shared/model.ts';

export const folder = process.env['HOT_SWAP_TEST_WORKSPACE'] ?? '';
export const port = Number(process.env['HOT_SWAP_TEST_PORT']);
export const ref: ServerRef = { folder, server: 'api' };

export async function api(): Promise<HotSwapApi> {
  const extension = vscode.extensions.getExtension<HotSwapApi>('hot-swap.hot-swap');
  if (extension === undefined) throw new Error('the extension is not installed here');
  const exports = await extension.activate();
  await exports.ready;
  return exports;
}

/** Sets a setting of the workspace, and waits until the extension could see it. */
export async function set(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('hotSwap').update(key, value, vscode.ConfigurationTarget.Workspace);
}

/** Makes `api` the only server, without a watcher of its own to help. */
export function configure(more: object = {}): Promise<void> {
  return set('servers', [{ name: 'api', command: 'node server.js', ...more }]);
}

/** A test that waits so long has failed, on the busiest machine. */
const patienceMs = 120_000;

/** Resolves as soon as the check holds, now or after one of the events. */
export async function until<T>(
  event: Event<T> | vscode.Event<T>,
  check: () => boolean,
  what: string | (() => string),
): Promise<void> {
  if (check()) return;
  await new Promise<void>((resolve, reject) => {
    const patience = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`));
    }, patienceMs);
    const subscription = event(() => {
      if (!check()) return;
      clearTimeout(patience);
      subscription.dispose();
      resolve();
    });
  });
}

export async function untilStatus(
  check: (status: ServerStatus) => boolean,
  what: string,
): Promise<ServerStatus> {
  const { onDidChangeStatus, ...rest } = await untouched();
  const find = (): ServerStatus | undefined => rest.statuses().find(({ name }) => name === ref.server);
  const holds = (): boolean => {
    const status = find();
    return status !== undefined && check(status);
  };
  await until(onDidChangeStatus, holds, () => `${what}; the status is ${JSON.stringify(find())}`);
  return find()!;
}

/** The generation that serves, or 0. */
export async function generation(): Promise<number> {
  return (await api()).statuses.find(({ name }) => name === ref.server)?.serving?.generation ?? 0;
}

/** Waits for a generation newer than `before` to serve. */
export function newerThan(before: number): Promise<ServerStatus> {
  return untilStatus(
    ({ state, serving }) => state === 'serving' && serving !== undefined && serving.generation > before,
    `a generation after ${before} serves`,
  );
}

/** Runs it, and says what started generations meanwhile. */
export async function causesDuring(run: () => Promise<unknown>): Promise<Cause['kind'][]> {
  const causes: Cause['kind'][] = [];
  const subscription = (await api()).onDidHappen((event) => {
    if (event.event === 'starting') causes.push(event.cause.kind);
  });
  try {
    await run();
  } finally {
    subscription.dispose();
  }
  return causes;
}

/** Replaces the file's text in an editor and saves as Ctrl+S does. */
export async function edit(path: string, text: string): Promise<void> {
  const document = await change(path, text);
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.save');
}

/** Inserts text where the file begins, and saves as Ctrl+S does. */
export async function insert(path: string, text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(join(folder, path));
  await vscode.window.showTextDocument(document);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.commands.executeCommand('workbench.action.files.save');
}

/** Replaces the file's text without saving. */
export async function change(path: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(join(folder, path));
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, all, text);
  await vscode.workspace.applyEdit(edit);
  return document;
}

/** Longer than VS Code waits for extensions before it writes a file (1750 ms). */
const busyMs = 2500;

/** What a starved machine does: from the next save of code on, extensions get a turn only long after the file was written. */
export function busyAtNextSave(): void {
  const subscription = vscode.workspace.onWillSaveTextDocument(({ document }) => {
    if (document.languageId !== 'javascript') return; // settings are files, too
    subscription.dispose();
    const until = performance.now() + busyMs;
    while (performance.now() < until);
  });
}

export async function textOf(path: string): Promise<string> {
  return (await vscode.workspace.openTextDocument(join(folder, path))).getText();
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function get(path = '/', agent?: http.Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { port, path, host: '127.0.0.1', ...(agent === undefined ? {} : { agent }) },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (body += piece));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: body.trim() });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
  });
}

/** Between two requests of a connection, ms: the extension under test has the same thread. */
const breathMs = 10;

/** A client that asks on and on, on one kept and on ever new connections, and never forgives. */
export class Loop {
  readonly bodies: string[] = [];
  readonly failures: string[] = [];
  private over = false;
  private readonly kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
  private readonly runs: Promise<void>[];
  private readonly answered = new vscode.EventEmitter<void>();

  constructor() {
    this.runs = [this.ask(this.kept), this.ask(new http.Agent())];
  }

  /** Resolves when an answer contains the text. */
  async seen(text: string): Promise<void> {
    const find = (): boolean => this.bodies.some((body) => body.includes(text));
    await until(this.answered.event, find, `a client sees ${text}`);
  }

  async end(): Promise<void> {
    this.over = true;
    await Promise.all(this.runs);
    this.kept.destroy();
  }

  private async ask(agent: http.Agent): Promise<void> {
    while (!this.over) {
      try {
        const { status, body } = await get('/', agent);
        if (status === 200) this.bodies.push(body);
        else this.failures.push(`${status} ${body}`);
      } catch (error) {
        this.failures.push(String(error));
      }
      this.answered.fire();
      await pause(breathMs);
    }
  }
}

/** The exports have getters, which a spread would freeze. */
async function untouched(): Promise<{
  onDidChangeStatus: Event<ServerStatus>;
  statuses: () => readonly ServerStatus[];
}> {
  const exports = await api();
  return { onDidChangeStatus: exports.onDidChangeStatus, statuses: () => exports.statuses };
}
