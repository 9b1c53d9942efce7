import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program in a process group of its own, its output in a file. */
export class Program {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;

  /** `events`: stdout is left to the caller to read, and only stderr goes to the file. */
  constructor(
    command: string[],
    folder: string,
    settings: Record<string, string>,
    output: string,
    events = false,
  ) {
    const log = fs.openSync(output, 'a');
    this.child = spawn(command[0]!, command.slice(1), {
      cwd: folder,
      env: { ...process.env, ...settings },
      stdio: ['ignore', events ? 'pipe' : log, log],
      detached: true,
    });
    fs.closeSync(log);
    this.exited = new Promise((resolve) => {
      this.child.once('error', () => resolve());
      this.child.once('exit', () => resolve());
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Asks, and after a while insists. True if it went when asked. */
  async stop(signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
    this.child.kill(signal);
    const went = await Promise.race([this.exited.then(() => true), sleep(patienceMs, false, { ref: false })]);
    this.killGroup();
    await this.exited;
    return went;
  }

  killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // The whole group is gone already.
    }
  }
}

/** Processes that stand in a folder or were started with its name; Linux only, elsewhere none are found. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  return allPids()
    .filter((pid) => belongsTo(pid, folder))
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

export function allPids(): number[] {
  return fs.existsSync('/proc/self')
    ? fs
        .readdirSync('/proc')
        .map(Number)
        .filter((pid) => pid > 0)
    : [];
}

export function belongsTo(pid: number, folder: string): boolean {
  try {
    const traces = [
      commandOf(pid),
      fs.readFileSync(`/proc/${pid}/environ`, 'utf8'),
      fs.readlinkSync(`/proc/${pid}/cwd`),
    ];
    return traces.some((trace) => trace.includes(folder));
  } catch {
    return false; // it ended while we looked, or it is not ours
  }
}

function commandOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
