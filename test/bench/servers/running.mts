import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Moment } from '../load/clock.mts';
import { Editor } from './editor.mts';
import { type HotSwapEvent, readEvents } from './events.mts';
import { hasStandby, keepsStandby, type Peer, type Site } from './peers.mts';
import { isFree } from '../../tools/free-port.mts';
import { processesOf, Program } from './processes.mts';
import { provide } from './programs.mts';
import { inRepository } from './samples.mts';
import type { Workspace } from './workspace.mts';

/** Why this peer cannot run here; undefined if it can. */
export async function whyMissing(peer: Peer): Promise<string | undefined> {
  if (peer.name === 'hot-swap-no-standby' && !hasStandby()) return 'this build has no --no-standby';
  if (peer.needs === undefined) return undefined;
  const program = await provide(peer.needs);
  return 'missing' in program ? program.missing : undefined;
}

/** A peer at work. */
export class Running {
  /** What hot-swap told on stdout; stays empty for the others. */
  readonly events: HotSwapEvent[] = [];
  readonly complaints: string[] = [];
  private readonly program: Program;
  private editor: Editor | undefined;
  private told: Promise<void> = Promise.resolve();
  /** In ms since the epoch. */
  private lastSave = 0;

  static async start(peer: Peer, workspace: Workspace, port: number, env = {}): Promise<Running> {
    const program = peer.needs === undefined ? { path: '' } : await provide(peer.needs);
    if ('missing' in program) throw new Error(`can't run ${peer.name}: ${program.missing}`);
    const site = { sample: workspace.sample, port, root: workspace.root, program: program.path };
    for (const file of peer.files ?? []) {
      fs.copyFileSync(
        inRepository(path.join('test/bench/adapters', file)),
        path.join(workspace.folder, file),
      );
    }
    const running = new Running(peer, workspace, site, env);
    if (peer.inEditor) running.editor = await Editor.open(workspace.folder);
    return running;
  }

  private constructor(
    readonly peer: Peer,
    private readonly workspace: Workspace,
    private readonly site: Site,
    env: Record<string, string>,
  ) {
    const output = path.join(workspace.root, `${peer.name}.log`);
    const settings = {
      PORT: String(site.port),
      BENCH_WORKSPACE: workspace.root,
      ...peer.env?.(site),
      ...env,
    };
    this.program = new Program(peer.command(site), workspace.folder, settings, output, peer.ours);
    if (this.program.child.stdout) readEvents(this.program.child.stdout, this.events, this.complaints);
  }

  /** Saves new code, and tells the tools that have to be told; returns the moment just before the first byte. */
  save(version: number): Promise<Moment> {
    return this.saveBy(() => this.workspace.save(version));
  }

  saveBroken(): Promise<Moment> {
    return this.saveBy(() => this.workspace.saveBroken());
  }

  private async saveBy(write: () => Moment): Promise<Moment> {
    const { file } = this.workspace;
    await this.editor?.willSave(file);
    const moment = write();
    this.lastSave = moment.time;
    await this.editor?.didSave(file);
    this.tellSaved();
    return moment;
  }

  /** One after the other, as a person would: pm2 refuses to reload while it reloads. */
  private tellSaved(): void {
    this.told = this.told
      .then(() => this.peer.afterSave?.(this.site, this.program.pid))
      .catch((error: unknown) => void this.complaints.push(`not told of a save: ${String(error)}`));
  }

  /** Until the next generation stands ready. True if it does, undefined for a peer that has none. */
  async untilWarm(timeoutMs = 10_000): Promise<boolean | undefined> {
    if (!keepsStandby(this.peer)) return undefined;
    const end = performance.now() + timeoutMs;
    while (!this.isWarm() && performance.now() < end) await sleep(20);
    return this.isWarm();
  }

  /** News comes a little later than new code answers: what stood ready before the last save does not any more. */
  private isWarm(): boolean {
    const last = this.events.findLast(({ event }) => event === 'standby' || event === 'serving');
    return last?.event === 'standby' && last.state === 'warm' && last.time > this.lastSave;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.editor?.close();
    this.program.killGroup();
    await this.program.exited;
  }

  /** Ends it as Ctrl+C would, and complains about whatever is left behind. */
  async stop(): Promise<void> {
    const { ours } = this.peer;
    this.editor?.close();
    const went = await this.program.stop(ours ? 'SIGINT' : 'SIGTERM', ours ? 15_000 : 2000);
    if (ours && !went) this.complaints.push('did not end within 15 s of SIGINT');
    for (let i = 0; i < 20 && processesOf(this.workspace.root).length > 0; i++) await sleep(100);
    for (const { pid, command } of processesOf(this.workspace.root)) {
      this.complaints.push(`left behind: ${pid} ${command}`);
      process.kill(pid, 'SIGKILL');
    }
    if (!(await isFree(this.site.port))) this.complaints.push(`port ${this.site.port} is still taken`);
  }
}
