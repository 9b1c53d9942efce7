import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './exchange.mts';

/**
 * Megabytes of V8's space for young objects: a collection of the load's own garbage would take the server both cores,
 * because the load comes before all others. So there are few.
 */
const roomy = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** The harness's end of a load process. */
export class Load {
  private readonly child: ChildProcess;
  private readonly finished: Promise<Report>;

  constructor(port: number, rate: number) {
    this.child = fork(fileURLToPath(new URL('process.mts', import.meta.url)), {
      execArgv: [...roomy, '--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      detached: true,
    });
    this.finished = new Promise((resolve, reject) => {
      this.child.once('message', (report: Report) => {
        this.child.disconnect();
        resolve(report);
      });
      this.child.once('exit', () => reject(new Error('the load process ended too early')));
    });
    this.finished.catch(() => {}); // told to whoever calls finish()
    this.tell({ do: 'start', port, rate });
  }

  /** Stops sending and returns everything that was sent. */
  finish(): Promise<Report> {
    this.tell({ do: 'finish' });
    return this.finished;
  }

  /** Without a report. */
  end(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private tell(order: Order): void {
    if (this.child.connected) this.child.send(order);
  }
}
