/** The listeners of this process's app that are served, by key, and what it gave up lately. */
import type { FromGeneration } from '../../../protocol/messages.ts';
import type { Handle } from '../engine/internals.ts';
import type { Inherited } from '../sockets/inherited.ts';
import type { ListenerPorts } from '../sockets/listener-host.ts';
import { portOf } from '../as-alone/key-address.ts';
import { watchOwnConnects } from '../as-alone/own-connects.ts';
import type { ServedListener } from '../sockets/served-listener.ts';
import { marksOf } from '../traffic/marks.ts';
import type { Traffic } from '../traffic/traffic.ts';

/** How long others take at most to close what the app closed (ms). */
const freedMs = 2000;

/** An app's own watcher takes some time between closing its server and listening again (ms). Clients wait meanwhile. */
const keptMs = 1000;

export class Served implements ListenerPorts<ServedListener> {
  private readonly inherited: Inherited;
  private readonly tell: (message: FromGeneration) => void;
  private readonly hasGivenUp: () => boolean;
  private readonly byKey = new Map<string, ServedListener>();
  /** Address → when the app closed it (ms since the epoch). */
  private readonly freed = new Map<string | number, number>();

  /** What the app closed: it may be about to listen there again when a successor serves. */
  private readonly former = new Map<string, ServedListener>();
  /** Key → what closes the copy that is kept. */
  private readonly kept = new Map<string, () => void>();

  /** `hasGivenUp`: everything, to a successor or for good. */
  constructor(inherited: Inherited, tell: (message: FromGeneration) => void, hasGivenUp: () => boolean) {
    this.inherited = inherited;
    this.tell = tell;
    this.hasGivenUp = hasGivenUp;
    watchOwnConnects((port) => this.all.find(({ key }) => portOf(key) === port));
  }

  get all(): readonly ServedListener[] {
    return [...this.byKey.values()];
  }

  get traffic(): Traffic[] {
    return this.all.map(({ traffic }) => traffic);
  }

  get haveClientsCome(): boolean {
    return this.all.some(({ traffic }) => traffic.clients.haveCome);
  }

  hold(): void {
    for (const { traffic } of this.all) traffic.hold();
  }

  /** Requests that wait. */
  get held(): number {
    return this.traffic.reduce((sum, { held }) => sum + held, 0);
  }

  /** Requests around swaps; without an `id`, if there were any. */
  tellMarks(id?: number): void {
    const told = marksOf(this.traffic);
    if (id !== undefined || told.marks.length > 0) this.tell({ type: 'marks', id, ...told });
  }

  get isEmpty(): boolean {
    return this.byKey.size === 0;
  }

  get(key: string): ServedListener | undefined {
    return this.byKey.get(key);
  }

  add(listener: ServedListener): void {
    this.byKey.set(listener.key, listener);
  }

  /** False if it was not there. */
  delete(listener: ServedListener): boolean {
    return this.get(listener.key) === listener && this.byKey.delete(listener.key);
  }

  givenUp(key: string): ServedListener | undefined {
    return this.hasGivenUp() ? (this.get(key) ?? this.former.get(key)) : undefined;
  }

  /** Clients come to this process there. */
  accepts(key: string): boolean {
    return !this.hasGivenUp() && this.get(key)?.accepts === true;
  }

  giveBack(listener: ServedListener, handle: Handle): void {
    this.inherited.giveBack(listener.key, handle);
    if (this.hasGivenUp() || !this.delete(listener) || !listener.isKnown) return;
    this.tell({ type: 'closed', key: listener.key, kept: true });
  }

  remove(listener: ServedListener, spare?: Handle): void {
    const { key, isKnown } = listener;
    if (this.hasGivenUp() || !this.delete(listener)) {
      spare?.close();
      return;
    }
    if (isKnown) this.former.set(key, listener);
    const closed = (): void => {
      if (!isKnown) return;
      this.freed.set(portOf(key) ?? key, Date.now());
      this.tell({ type: 'closed', key });
    };
    if (spare === undefined) closed();
    else this.keep(key, spare, closed);
  }

  isBeingFreed(key: string): boolean {
    for (const [kept, letGo] of this.kept) if (portOf(kept) === portOf(key)) letGo();
    return Date.now() - (this.freed.get(portOf(key) ?? key) ?? 0) < freedMs;
  }

  isFreeWithoutUs(key: string): boolean {
    const port = portOf(key);
    if (port === undefined || !this.inherited.hasPort(port)) return false;
    return !this.all.some((one) => one.key !== key && portOf(one.key) === port);
  }

  /** For whoever listens there again; then `onClosed` is called. */
  private keep(key: string, copy: Handle, onClosed: () => void): void {
    this.inherited.giveBack(key, copy);
    const letGo = (): void => {
      clearTimeout(timer);
      this.kept.delete(key);
      if (this.inherited.drop(key, copy)) onClosed();
    };
    const timer = setTimeout(letGo, keptMs).unref();
    this.kept.set(key, letGo);
  }
}
