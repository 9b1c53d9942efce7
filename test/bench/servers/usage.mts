import fs from 'node:fs';
import { processesOf } from './processes.mts';

/** What all processes of a workspace use: the server, its children, and the tool that runs it. Linux only, else NaN. */
export interface Memory {
  /** Resident memory as `ps` counts it: pages that processes share are counted in each. */
  rssMb: number;
  /** The same with shared pages counted once: by halves, thirds… */
  pssMb: number;
  processes: number;
}

export function memoryOf(folder: string): Memory {
  const pids = processesOf(folder).map(({ pid }) => pid);
  const sum = (name: 'Rss' | 'Pss'): number =>
    pids.length === 0 ? NaN : pids.reduce((total, pid) => total + kilobytes(pid, name), 0) / 1024;
  return { rssMb: sum('Rss'), pssMb: sum('Pss'), processes: pids.length };
}

/** Of one process; NaN where there is no /proc. */
export function pssMb(pid: number): number {
  return fs.existsSync('/proc/self/smaps_rollup') ? kilobytes(pid, 'Pss') / 1024 : NaN;
}

function kilobytes(pid: number, name: 'Rss' | 'Pss'): number {
  try {
    const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The processor time of the processes of a workspace themselves, without any that ended. */
export function runningCpuMs(folder: string): number {
  const pids = processesOf(folder).map(({ pid }) => pid);
  return pids.length === 0 ? NaN : pids.reduce((total, pid) => total + cpuMs(pid, 'own'), 0);
}

/** User and system time in ms, to a hundredth of a second; of children, only of those that ended and were waited for. */
export function cpuMs(pid: number, whose: 'own' | 'children'): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 to 17, counted from behind the name, which may have spaces in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const first = whose === 'own' ? 11 : 13;
    return (Number(fields[first]) + Number(fields[first + 1])) * 10;
  } catch {
    return 0; // it just ended
  }
}
