/** A generation's process group: nothing of it may be left when it is called gone. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseProcStat } from '../../shared/proc-stat.ts';

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

  /** Empty where the system does not tell. */
  members(): number[] {
    return membersOf(this.leader);
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
  return membersOf(group).length === 0;
}

/** Living processes of a group, by /proc; none where there is no /proc. */
function membersOf(group: number): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const found = parseProcStat(readFileSync(`/proc/${entry}/stat`, 'utf8'));
        return found.group === group && found.lives;
      } catch {
        return false; // gone meanwhile
      }
    })
    .map(Number);
}
