/** Opens the picture of swaps; what draws it is loaded then. */
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import type { Servers } from '../servers/servers.ts';
import type { TimelinePanel } from './panel.ts';

export class Timeline implements Disposable {
  private readonly store = new DisposableStore();
  private panel: TimelinePanel | undefined;

  constructor(
    private readonly servers: Servers,
    private readonly extension: vscode.Uri,
  ) {}

  /** `generation`: the one whose swap is to be looked at; the last one without it. */
  async show(ref: ServerRef, generation?: number): Promise<void> {
    if (this.panel === undefined) {
      const { TimelinePanel } = await import('../later.ts');
      this.panel = this.store.add(
        new TimelinePanel(this.servers, this.extension, () => (this.panel = undefined)),
      );
    }
    await this.panel.show(ref, generation);
  }

  dispose(): void {
    this.store.dispose();
  }
}
