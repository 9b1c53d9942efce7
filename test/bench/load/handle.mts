import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Exchange, Order, Report } from './exchange.mts';

/** The harness's end of a load process. */
export class Load {
  private readonly child: ChildProcess;
  private readonly seen = new Map<number, number>();
  private readonly waiting = new Map<number, (time: number) => void>();
  private readonly finished: Promise<{ exchanges: Exchange[]; lateMs: number[] }>;

  constructor(port: number, rate: number) {
    this.child = fork(fileURLToPath(new URL('process.mts', import.meta.url)), {
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
    });
    this.finished = new Promise((resolve, reject) => {
      this.child.on('message', (report: Report) => {
        if (report.is === 'finished') {
          this.child.disconnect();
          resolve(report);
          return;
        }
        this.seen.set(report.version, report.time);
        this.waiting.get(report.version)?.(report.time);
      });
      this.child.once('exit', () => reject(new Error('the load process ended too early')));
    });
    this.tell({ do: 'start', port, rate });
  }

  /** The time of the first response with this version, or undefined if it does not come in time. */
  async firstAnswer(version: number, timeoutMs: number): Promise<number | undefined> {
    this.tell({ do: 'poll', version });
    let timer: NodeJS.Timeout | undefined;
    const time = await new Promise<number | undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, undefined);
      this.waiting.set(version, resolve);
      if (this.seen.has(version)) resolve(this.seen.get(version));
    });
    clearTimeout(timer);
    return time;
  }

  /** Stops sending and returns everything that was sent. */
  finish(): Promise<{ exchanges: Exchange[]; lateMs: number[] }> {
    this.tell({ do: 'finish' });
    return this.finished;
  }

  private tell(order: Order): void {
    this.child.send(order);
  }
}
