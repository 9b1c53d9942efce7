/** One workspace folder's supervisor as this window sees it: attached or not, and what its servers do. */
import type { Disposable } from '../../shared/disposable.ts';
import type { Inspectable } from '../../shared/debugging/debug.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { HandoffEvent, OutputChunk, ServerStatus } from '../../shared/model.ts';
import type { Link, LinkListener } from './link.ts';

/** Attaches to the folder's supervisor; `launch`: starts one if there is none. */
export type Connect = (launch: boolean, listener: LinkListener) => Promise<Link | undefined>;

export class Session implements Disposable {
  private readonly changeEmitter = new Emitter<ServerStatus>();
  private readonly eventEmitter = new Emitter<HandoffEvent>();
  private readonly outputEmitter = new Emitter<OutputChunk>();
  private readonly exchangeEmitter = new Emitter<{ readonly server: string; readonly line: string }>();
  private readonly inspectEmitter = new Emitter<Inspectable>();
  private readonly attachEmitter = new Emitter<readonly ServerStatus[]>();
  private readonly loseEmitter = new Emitter<readonly ServerStatus[]>();

  readonly onDidChange = this.changeEmitter.event;
  readonly onDidHappen = this.eventEmitter.event;
  readonly onDidPrint = this.outputEmitter.event;
  readonly onDidExchange = this.exchangeEmitter.event;
  /** A debugger can be attached there. */
  readonly onDidInspect = this.inspectEmitter.event;
  /** With the servers that the supervisor had already. */
  readonly onDidAttach = this.attachEmitter.event;
  /** With the servers that ran. */
  readonly onDidLose = this.loseEmitter.event;

  private readonly known = new Map<string, ServerStatus>();
  private link: Link | undefined;
  private pending: Promise<Link | undefined> = Promise.resolve(undefined);
  private disposed = false;

  constructor(
    /** Path of the workspace folder. */
    readonly folder: string,
    private readonly connect: Connect,
  ) {}

  get statuses(): readonly ServerStatus[] {
    return [...this.known.values()];
  }

  status(server: string): ServerStatus | undefined {
    return this.known.get(server);
  }

  /** The link if there is one now: for what makes no sense without a running supervisor. */
  get current(): Link | undefined {
    return this.link;
  }

  /** Attaches if a supervisor runs (started by another window, or by the CLI). */
  attach(): Promise<Link | undefined> {
    return this.open(false);
  }

  /** Attaches, starting a supervisor if there is none. Rejects with an error for the user. */
  async require(): Promise<Link> {
    const link = await this.open(true);
    if (link === undefined) throw new Error(`can't start the supervisor of ${this.folder}`);
    return link;
  }

  dispose(): void {
    this.disposed = true;
    this.link?.dispose();
    this.link = undefined;
  }

  /** One attempt at a time: a second one finds what the first one brought. */
  private open(launch: boolean): Promise<Link | undefined> {
    const attempt = this.pending.catch(() => undefined).then(() => this.link ?? this.openNow(launch));
    this.pending = attempt;
    return attempt;
  }

  private async openNow(launch: boolean): Promise<Link | undefined> {
    const end = { reached: false };
    const link = await this.connect(launch && !this.disposed, {
      changed: (status) => {
        this.known.set(status.name, status);
        this.changeEmitter.fire(status);
      },
      happened: (event) => {
        this.eventEmitter.fire(event);
      },
      printed: (chunk) => {
        this.outputEmitter.fire(chunk);
      },
      exchanged: (server, line) => {
        this.exchangeEmitter.fire({ server, line });
      },
      inspecting: (where) => {
        this.inspectEmitter.fire(where);
      },
      closed: () => {
        end.reached = true;
        this.lose();
      },
    });
    if (link === undefined || end.reached) return undefined;
    if (this.disposed) {
      link.dispose();
      return undefined;
    }
    this.link = link;
    // What was told since is newer than what the greeting said.
    for (const status of link.servers) if (!this.known.has(status.name)) this.known.set(status.name, status);
    this.attachEmitter.fire(link.servers);
    for (const status of this.statuses) this.changeEmitter.fire(status);
    return link;
  }

  private lose(): void {
    if (this.disposed) return;
    this.link = undefined;
    const running = this.statuses.filter(({ state }) => state !== 'off');
    this.known.clear();
    this.loseEmitter.fire(running);
    for (const { name, cwd, command, adapter } of running) {
      const off: ServerStatus = {
        name,
        cwd,
        command,
        adapter,
        state: 'off',
        held: 0,
        draining: [],
        listeners: [],
        standby: { state: 'off', why: 'the server is off' },
      };
      this.changeEmitter.fire(off);
    }
  }
}
