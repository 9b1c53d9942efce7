import fs from 'node:fs';
import { processesOf } from './processes.mts';

/** What all processes of a workspace use: the server, its children, and the tool that runs it. Linux only, else NaN. */
export interface Usage {
  /** Resident memory as `ps` counts it: pages that processes share are counted in each. */
  rssMb: number;
  /** The same with shared pages counted once, by halves, thirds… */
  pssMb: number;
  /** Processor time so far, with that of children that ended and were waited for. */
  cpuMs: number;
  processes: number;
}

export function usageOf(folder: string): Usage {
  const pids = processesOf(folder).map(({ pid }) => pid);
  const sum = (read: (pid: number) => number): number =>
    pids.length === 0 ? NaN : pids.reduce((total, pid) => total + read(pid), 0);
  return {
    rssMb: sum((pid) => kilobytes(pid, 'Rss')) / 1024,
    pssMb: sum((pid) => kilobytes(pid, 'Pss')) / 1024,
    // Tools that the bench itself starts after a save (`pm2 reload`) have ended and are counted as its children.
    cpuMs: sum((pid) => cpuMs(pid, 4)) + cpuMs(process.pid, 2, 2),
    processes: pids.length,
  };
}

/** The processor time of the processes of a workspace themselves, without any that ended. */
export function ownCpuMs(folder: string): number {
  const pids = processesOf(folder).map(({ pid }) => pid);
  return pids.length === 0 ? NaN : pids.reduce((total, pid) => total + cpuMs(pid, 2), 0);
}

/** Fields 14 to 17 of /proc/<pid>/stat: own user and system time, then that of ended children; in 1/100 s. */
function cpuMs(pid: number, fields: number, from = 0): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11 + from, 11 + from + fields);
    return times.reduce((total, ticks) => total + Number(ticks) * 10, 0);
  } catch {
    return 0; // it just ended
  }
}

function kilobytes(pid: number, name: 'Rss' | 'Pss'): number {
  try {
    const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
