/** What Linux says of a process in `/proc/PID/stat`. */

export interface ProcStat {
  /** False of one that has ended but that nobody has waited for. */
  readonly lives: boolean;
  /** It is at work, or would be if there were a processor for it. */
  readonly runs: boolean;
  readonly parent: number;
  readonly group: number;
}

/** proc(5): pid (comm) state ppid pgrp …; comm may contain anything, so count from its end. */
export function parseProcStat(text: string): ProcStat {
  const [state, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    lives: state !== 'Z' && state !== 'X',
    runs: state === 'R',
    parent: Number(parent),
    group: Number(group),
  };
}
