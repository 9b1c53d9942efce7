/** What the view knows of the servers while somebody looks at it, and only then. No vscode: see generations-view.ts. */
import type { Clock } from '../../shared/clock.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { GenerationRequests } from '../../shared/told/requests.ts';
import { isRunning, type KnownServer, type Servers } from '../servers/servers.ts';
import type { Known } from './tree.ts';
import { Swaps } from './swaps.ts';

/** Ages count seconds while something drains, minutes else (ms). */
const drainingMs = 1000;
const idleMs = 5000;
/** Changes come in bursts (ms). */
const togetherMs = 50;

export class Live implements Disposable {
  private readonly store = new DisposableStore();
  /** By workspace folder: servers of two may have one name. */
  private readonly swaps = new Map<string, Swaps>();
  private readonly requests = new Map<string, readonly GenerationRequests[]>();
  private timer: { cancel(): void } | undefined;
  private soon: { cancel(): void } | undefined;
  private over = false;

  /** `changed`: there is something new to show. */
  constructor(
    private readonly servers: Servers,
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {
    this.store.add(servers.onDidChange(() => this.changedSoon()));
    this.store.add(servers.onDidChangeList(() => this.changedSoon()));
    for (const session of servers.sessions) {
      this.store.add(session.onDidHappen((event) => this.swapsOf(session.folder).add(event)));
      this.store.add(session.onDidAttach(() => void this.remember()));
    }
    void this.remember();
    void this.look();
  }

  get known(): readonly Known[] {
    return this.servers.list().map((server) => ({
      ref: server.ref,
      command: commandOf(server),
      status: server.status,
      swaps: this.swapsOf(server.ref.folder).of(server.ref.server),
      requests: this.requests.get(JSON.stringify(server.ref)) ?? [],
    }));
  }

  dispose(): void {
    this.over = true;
    this.timer?.cancel();
    this.soon?.cancel();
    this.store.dispose();
  }

  /** What was before anybody looked. */
  private async remember(): Promise<void> {
    await Promise.all(
      this.running.map(async ({ ref }) => {
        const recent = await this.servers.session(ref.folder)?.current?.recent(ref.server);
        if (recent !== undefined) this.swapsOf(ref.folder).begin(ref.server, recent.events);
      }),
    ).catch(() => undefined); // it has just ended, which is told
    this.tell();
  }

  /** Asks what is under way, then again. */
  private async look(): Promise<void> {
    const { running } = this;
    await Promise.all(
      running.map(async ({ ref }) => {
        const told = await this.servers.session(ref.folder)?.current?.requests(ref.server);
        if (told !== undefined) this.requests.set(JSON.stringify(ref), told);
      }),
    ).catch(() => undefined);
    if (this.over) return;
    this.tell();
    const isDraining = this.running.some(({ status }) => (status?.draining.length ?? 0) > 0);
    this.timer?.cancel();
    this.timer = this.clock.setTimeout(() => void this.look(), isDraining ? drainingMs : idleMs);
  }

  private changedSoon(): void {
    this.soon ??= this.clock.setTimeout(() => {
      this.soon = undefined;
      // Who begins to drain is asked at once.
      this.timer?.cancel();
      void this.look();
    }, togetherMs);
  }

  private swapsOf(folder: string): Swaps {
    const swaps = this.swaps.get(folder) ?? new Swaps();
    this.swaps.set(folder, swaps);
    return swaps;
  }

  private tell(): void {
    if (!this.over) this.changed();
  }

  private get running(): readonly KnownServer[] {
    return this.servers.list().filter(isRunning);
  }
}

function commandOf({ definition, status }: KnownServer): string {
  const command = definition?.command ?? status?.command ?? '';
  return typeof command === 'string' ? command : command.join(' ');
}
