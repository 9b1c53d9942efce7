import { allPids, belongsTo, processesOf } from './processes.mts';
import { cpuMs } from './usage.mts';

const everyMs = 50;
/** Between fork and exec a process still looks like its parent: what is not of the workspace is looked at again. */
const looks = 3;

interface Known {
  mine: boolean;
  looked: number;
  /** When the meter started, and so far. */
  from: number;
  cpuMs: number;
}

/**
 * Processor time of all processes of a workspace, also of those that come and go meanwhile. There are two ways to
 * know, and both tell a little less than there was, so the larger one is taken: watching each process loses what it
 * uses after the last look; what parents add up of the children they waited for lacks orphans, such as those of a
 * tool that kills a shell over its child's head.
 */
export class CpuMeter {
  private readonly known = new Map<number, Known>();
  private readonly timer: NodeJS.Timeout;
  private readonly addedUpBefore: number;

  constructor(private readonly folder: string) {
    this.look();
    for (const one of this.known.values()) one.from = one.cpuMs;
    this.addedUpBefore = this.addedUp();
    this.timer = setInterval(() => this.look(), everyMs);
  }

  /** Milliseconds since the meter was made; NaN where there is no /proc. */
  stop(): number {
    clearInterval(this.timer);
    this.look();
    const mine = [...this.known.values()].filter((one) => one.mine);
    if (mine.length === 0) return NaN;
    const watched = mine.reduce((sum, one) => sum + one.cpuMs - one.from, 0);
    return Math.max(watched, this.addedUp() - this.addedUpBefore);
  }

  private look(): void {
    for (const pid of allPids()) {
      let one = this.known.get(pid);
      if (!one) this.known.set(pid, (one = { mine: false, looked: 0, from: 0, cpuMs: 0 }));
      if (!one.mine && one.looked++ < looks) one.mine = belongsTo(pid, this.folder);
      if (one.mine) one.cpuMs = Math.max(one.cpuMs, cpuMs(pid, 'own'));
    }
  }

  /** With the bench's own children: what it starts after a save (`pm2 reload`) works for the swap. */
  private addedUp(): number {
    const pids = processesOf(this.folder).map(({ pid }) => pid);
    const all = pids.map((pid) => cpuMs(pid, 'own') + cpuMs(pid, 'children'));
    return all.reduce((sum, ms) => sum + ms, cpuMs(process.pid, 'children'));
  }
}
