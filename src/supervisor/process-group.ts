/** A generation's process group: nothing of it may be left when it is called gone. */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between looks at a group whose leader is gone; wrappers die last and within a few. */
const pollMs = 20;

export class ProcessGroup {
  readonly leader: number;

  constructor(leader: number) {
    this.leader = leader;
  }

  /** False if there was nobody to signal. */
  signal(signal: NodeJS.Signals): boolean {
    try {
      return process.kill(-this.leader, signal);
    } catch {
      return false;
    }
  }

  isEmpty(): boolean {
    try {
      process.kill(-this.leader, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
    return process.platform === 'linux' && onlyZombies(this.leader);
  }

  /** Resolves when no process of it is left. To be called after the leader's exit. */
  async empty(): Promise<void> {
    while (!this.isEmpty()) await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/**
 * In a container whose first process adopts orphans but does not wait for them, they stay in the group as
 * zombies for ever, and signals to the group still "succeed".
 */
function onlyZombies(group: number): boolean {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // proc(5): pid (comm) state ppid pgrp …; comm may contain anything, so count from its end.
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(pgrp) === group && state !== 'Z' && state !== 'X') return false;
    } catch {
      // gone meanwhile
    }
  }
  return true;
}
