/** Every server this window knows of, in all workspace folders: those defined, those chosen, those that run. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { ServerStatus } from '../../shared/model.ts';
import type { Choices } from './choices.ts';
import { fromChosen, fromSetting, type Definition } from './definition.ts';
import type { Log } from '../../shared/log.ts';
import type { Session } from './session.ts';
import { onDidChangeSettings, readSettings } from '../settings/settings.ts';
import type { ParsedSettings, Settings } from '../settings/schema.ts';
import { sameServer, type ServerRef } from './server-ref.ts';

export interface KnownServer {
  readonly ref: ServerRef;
  /** Undefined for one that was started elsewhere (by the CLI, with other settings). */
  readonly definition: Definition | undefined;
  /** Undefined or `off` if it does not run. */
  readonly status: ServerStatus | undefined;
}

export function isRunning({ status }: { readonly status: ServerStatus | undefined }): boolean {
  return status !== undefined && status.state !== 'off';
}

export class Servers implements Disposable {
  private readonly store = new DisposableStore();
  private readonly perFolder = new Map<
    string,
    { readonly session: Session; readonly store: DisposableStore }
  >();
  private readonly changeEmitter = this.store.add(new Emitter<{ ref: ServerRef; status: ServerStatus }>());
  private readonly listEmitter = this.store.add(new Emitter<void>());
  private readonly sessionEmitter = this.store.add(new Emitter<Session>());
  /** By folder: those that a launch configuration started. */
  private readonly launched = new Map<string, readonly Definition[]>();
  private parsed = new Map<string, ParsedSettings>();

  /** A server's status changed. */
  readonly onDidChange = this.changeEmitter.event;
  /** Which servers there are may have changed: folders, settings, choices. */
  readonly onDidChangeList = this.listEmitter.event;
  /** A workspace folder was opened. */
  readonly onDidOpen = this.sessionEmitter.event;

  constructor(
    private readonly choices: Choices,
    private readonly open: (folder: vscode.WorkspaceFolder) => Session,
    private readonly log: Log,
  ) {
    this.store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.update()));
    this.store.add(onDidChangeSettings(() => this.update()));
  }

  get sessions(): readonly Session[] {
    return [...this.perFolder.values()].map(({ session }) => session);
  }

  session(folder: string): Session | undefined {
    return this.perFolder.get(folder)?.session;
  }

  settings(folder: string): Settings {
    return this.parse(folder).settings;
  }

  /** What is wrong with the settings, each error naming its setting. */
  get settingsErrors(): readonly string[] {
    return [...new Set([...this.perFolder.keys()].flatMap((folder) => this.parse(folder).errors))];
  }

  list(): readonly KnownServer[] {
    return [...this.perFolder.entries()].flatMap(([folder, { session }]) => {
      const definitions = this.definitions(folder);
      const defined = definitions.map((definition) => known(folder, definition.name, definition, session));
      const others = session.statuses.filter(({ name }) =>
        definitions.every((definition) => definition.name !== name),
      );
      return [
        ...defined,
        ...others.map(({ name }) => known(folder, name, undefined, session)).filter(isRunning),
      ];
    });
  }

  find(ref: ServerRef): KnownServer | undefined {
    return this.list().find((server) => sameServer(server.ref, ref));
  }

  /** Takes over the workspace's folders and settings as they are now. */
  update(): void {
    this.parsed = new Map();
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const paths = folders.map(({ uri }) => uri.fsPath);
    for (const [path, { store }] of this.perFolder) {
      if (paths.includes(path)) continue;
      this.perFolder.delete(path);
      store.dispose();
    }
    for (const folder of folders) if (!this.perFolder.has(folder.uri.fsPath)) this.add(folder);
    for (const error of this.settingsErrors) this.log.error(`${error}. It is left out.`);
    this.changed();
  }

  /** One that a launch configuration describes; in place of one of that name, until it is forgotten. */
  launch(folder: string, definition: Definition): ServerRef {
    const ref = { folder, server: definition.name };
    this.forget(ref);
    this.launched.set(folder, [...(this.launched.get(folder) ?? []), definition]);
    this.changed();
    return ref;
  }

  forget({ folder, server }: ServerRef): void {
    const others = this.launched.get(folder)?.filter(({ name }) => name !== server) ?? [];
    this.launched.set(folder, others);
  }

  /** To be called after a choice. */
  changed(): void {
    this.listEmitter.fire();
  }

  dispose(): void {
    for (const { store } of this.perFolder.values()) store.dispose();
    this.perFolder.clear();
    this.store.dispose();
  }

  private add(folder: vscode.WorkspaceFolder): void {
    const store = new DisposableStore();
    const session = store.add(this.open(folder));
    const path = folder.uri.fsPath;
    this.perFolder.set(path, { session, store });
    store.add(
      session.onDidChange((status) => {
        this.changeEmitter.fire({ ref: { folder: path, server: status.name }, status });
      }),
    );
    this.sessionEmitter.fire(session);
  }

  /** Settings win: who writes them has outgrown what was found. */
  private definitions(folder: string): readonly Definition[] {
    const { servers } = this.settings(folder);
    const launched = this.launched.get(folder) ?? [];
    const others =
      servers.length > 0
        ? servers.map((setting, index) => fromSetting(setting, index, folder))
        : this.choices.chosen(folder).map((chosen) => fromChosen(chosen, folder));
    return [...others.filter((one) => launched.every(({ name }) => name !== one.name)), ...launched];
  }

  private parse(folder: string): ParsedSettings {
    let parsed = this.parsed.get(folder);
    if (parsed === undefined) {
      parsed = readSettings(vscode.Uri.file(folder));
      this.parsed.set(folder, parsed);
    }
    return parsed;
  }
}

function known(
  folder: string,
  server: string,
  definition: Definition | undefined,
  session: Session,
): KnownServer {
  return { ref: { folder, server }, definition, status: session.status(server) };
}
