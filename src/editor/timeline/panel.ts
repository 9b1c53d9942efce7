/** The picture of swaps in an editor tab: keeps up with what happens while it is open. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { HandoffEvent } from '../../shared/model.ts';
import type { FromPage, RequestMark, ToPage } from '../../page/scene.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import type { Servers } from '../servers/servers.ts';
import { Swaps } from '../view/swaps.ts';
import { t } from '../words/l10n.ts';
import { buildScene } from './build-scene.ts';
import { pageHtml } from './html.ts';
import { marksOf } from './marks.ts';
import { shorten } from '../words/shorten.ts';

/** Events of a swap come together (ms). */
const togetherMs = 100;
/** For so long a generation that has begun to serve notes each request, and somewhat more (ms). */
const freshMs = 2500;

export class TimelinePanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly panel: vscode.WebviewPanel;
  private following: Disposable | undefined;
  private swaps = new Swaps();
  private ref: ServerRef | undefined;
  private chosen: string | undefined;
  private isReady = false;
  private pending: NodeJS.Timeout | undefined;
  private later: NodeJS.Timeout | undefined;
  private requests: ReadonlyMap<number, readonly RequestMark[]> = new Map();

  constructor(
    private readonly servers: Servers,
    extension: vscode.Uri,
    onClosed: () => void,
  ) {
    const at = (...path: string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...path);
    const roots = [at('dist'), at('media')];
    const options = { enableScripts: true, localResourceRoots: roots, enableFindWidget: false };
    this.panel = vscode.window.createWebviewPanel(
      'hotSwap.timeline',
      t('Timeline'),
      vscode.ViewColumn.Active,
      options,
    );
    const { webview } = this.panel;
    this.store.add(webview.onDidReceiveMessage((message: FromPage) => void this.hear(message)));
    this.store.add(
      this.panel.onDidDispose(() => {
        this.dispose();
        onClosed();
      }),
    );
    webview.html = pageHtml({
      nonce: randomBytes(16).toString('base64'),
      script: String(webview.asWebviewUri(at('dist', 'timeline.js'))),
      style: String(webview.asWebviewUri(at('media', 'timeline.css'))),
      source: webview.cspSource,
      language: vscode.env.language,
    });
  }

  async show(ref: ServerRef, generation: number | undefined): Promise<void> {
    this.ref = ref;
    this.chosen = generation === undefined ? undefined : String(generation);
    this.panel.reveal();
    const session = this.servers.session(ref.folder);
    this.following?.dispose();
    this.swaps = new Swaps();
    this.requests = new Map();
    const missed: HandoffEvent[] = [];
    let isCaughtUp = false;
    this.following = session?.onDidHappen((event) => {
      if (event.server !== ref.server) return;
      if (!isCaughtUp) missed.push(event);
      else this.swaps.add(event);
      this.tellSoon();
      if (event.event === 'serving' || event.event === 'retired') this.lookLater();
    });
    const recent = await session?.current?.recent(ref.server);
    const known = recent?.events ?? [];
    const last = known.at(-1)?.time ?? 0;
    this.swaps.begin(ref.server, [...known, ...missed.filter(({ time }) => time > last)]);
    isCaughtUp = true;
    this.tell();
    await this.look();
  }

  dispose(): void {
    clearTimeout(this.pending);
    clearTimeout(this.later);
    this.following?.dispose();
    this.store.dispose();
    this.panel.dispose();
  }

  private tellSoon(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.tell();
    }, togetherMs);
  }

  private lookLater(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => void this.look(), freshMs);
  }

  /** Asks for the requests of late. */
  private async look(): Promise<void> {
    const { ref } = this;
    if (ref === undefined) return;
    const told = await this.servers
      .session(ref.folder)
      ?.current?.marks(ref.server)
      .catch(() => undefined);
    if (told === undefined || this.ref !== ref) return;
    this.requests = marksOf(told);
    this.tell();
  }

  private tell(): void {
    const { ref, chosen, requests } = this;
    if (ref === undefined || !this.isReady) return;
    const now = Date.now();
    const scene = buildScene(ref.server, {
      ...{ swaps: this.swaps.of(ref.server), chosen, now, requests },
      relative: (file) => shorten(ref.folder, file),
    });
    if (scene === undefined) return;
    this.panel.title = scene.title;
    const message: ToPage = { type: 'scene', scene };
    void this.panel.webview.postMessage(message);
  }

  private async hear(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready': // again, when the tab was hidden
        this.isReady = true;
        this.tell();
        return;
      case 'choose':
        this.chosen = message.value;
        this.tell();
        return;
      case 'save':
        await this.save(
          message.format,
          message.format === 'svg' ? Buffer.from(message.text) : Buffer.from(message.base64, 'base64'),
        );
    }
  }

  private async save(format: 'svg' | 'png', content: Uint8Array): Promise<void> {
    const { ref } = this;
    const name = `${(ref?.server ?? 'swap').replace(/[^\w.-]+/g, '-')}-${this.chosen ?? 'swap'}.${format}`;
    const defaultUri = vscode.Uri.file(join(ref?.folder ?? homedir(), name));
    const uri = await vscode.window.showSaveDialog({
      defaultUri,
      filters: { [format.toUpperCase()]: [format] },
    });
    if (uri !== undefined) await vscode.workspace.fs.writeFile(uri, content);
  }
}
