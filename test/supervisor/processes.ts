/** What the system knows of processes. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** False for zombies: they hold nothing. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Who started the process (Linux). */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Open descriptors of a process (Linux). */
export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Whether a process has two descriptors of one socket (Linux). */
export function hasCopiedSocket(pid: number): boolean {
  const targets = ofDescriptors(pid, 'fd', (at) => readlinkSync(at));
  const sockets = targets.filter((target) => target.startsWith('socket:'));
  return new Set(sockets).size < sockets.length;
}

/** Files and folders that a process has the system watch (Linux). */
export function watches(pid: number): number {
  const infos = ofDescriptors(pid, 'fdinfo', (at) => readFileSync(at, 'utf8'));
  return infos.join('').match(/^inotify wd:/gm)?.length ?? 0;
}

function ofDescriptors(pid: number, what: 'fd' | 'fdinfo', read: (at: string) => string): string[] {
  return readdirSync(`/proc/${pid}/${what}`).flatMap((fd) => {
    try {
      return [read(`/proc/${pid}/${what}/${fd}`)];
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Processor time (ms) that the threads of a process have used so far (Linux: Documentation/scheduler/sched-stats). */
export function busyMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}

/** Resident memory of a process in bytes (Linux). */
export function residentMemory(pid: number): number {
  return memory(pid, 'VmRSS');
}

/** The most resident memory that a process had since it began, until it is gone (Linux). */
export function watchMemory(pid: number): { readonly peak: () => number } {
  let peak = memory(pid, 'VmHWM');
  const watching = setInterval(() => {
    try {
      peak = memory(pid, 'VmHWM');
    } catch {
      clearInterval(watching);
    }
  }, 50);
  watching.unref();
  return { peak: () => peak };
}

function memory(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  if (!status.includes(field)) throw new Error(`process ${pid} is gone`); // a zombie has none
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Processes whose command line or environment mentions `text` (Linux). */
export function processesMentioning(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid && isAlive(Number(entry)))
    .map(Number)
    .filter((pid) => {
      try {
        return ['cmdline', 'environ'].some((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(text),
        );
      } catch {
        return false;
      }
    });
}

/** The processes that a supervisor has started and that are alive, without its guard (Linux). */
export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((child) => isChild(child, pid) && isAlive(child) && !isGuard(child));
}

/** See src/supervisor/processes/guard.ts. */
function isGuard(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes("trap '' HUP INT TERM");
}

function isChild(child: number, pid: number): boolean {
  try {
    return parentOf(child) === pid;
  } catch {
    return false; // gone meanwhile
  }
}
