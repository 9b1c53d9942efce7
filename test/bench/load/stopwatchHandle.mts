import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Moment } from './clock.mts';
import type { Exchange } from './exchange.mts';

export type StopwatchOrder =
  { do: 'watch'; port: number; version: number } | { do: 'rest' } | { do: 'finish' };

export type StopwatchReport =
  | { is: 'watching'; version: number }
  | { is: 'seen'; version: number; moment: Moment }
  | { is: 'finished'; exchanges: Exchange[] };

/** The harness's end of a stopwatch process. */
export class Stopwatch {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('stopwatch.mts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
  });

  constructor(private readonly port: number) {}

  /** Watches from before `save` is called to the first answer of that version; undefined: it did not come in time. */
  async time(
    version: number,
    save: () => Promise<Moment>,
    timeoutMs: number,
  ): Promise<{ saved: Moment; seen?: Moment }> {
    const watching = this.next('watching', timeoutMs);
    this.tell({ do: 'watch', port: this.port, version });
    await watching;
    const seen = this.next('seen', timeoutMs, version);
    const saved = await save();
    const report = await seen;
    this.tell({ do: 'rest' });
    return report?.is === 'seen' ? { saved, seen: report.moment } : { saved };
  }

  /** Everything that it asked. */
  async finish(): Promise<Exchange[]> {
    const finished = this.next('finished', 10_000);
    this.tell({ do: 'finish' });
    const report = await finished;
    this.end();
    return report?.is === 'finished' ? report.exchanges : [];
  }

  end(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private next(
    is: StopwatchReport['is'],
    timeoutMs: number,
    version = 0,
  ): Promise<StopwatchReport | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, timeoutMs, undefined);
      const { child } = this;
      function hear(report: StopwatchReport): void {
        if (report.is === is && (report.is === 'finished' || report.version >= version)) done(report);
      }
      function done(report: StopwatchReport | undefined): void {
        clearTimeout(timer);
        child.off('message', hear);
        child.off('exit', gone);
        resolve(report);
      }
      function gone(): void {
        done(undefined);
      }
      child.on('message', hear);
      child.once('exit', gone);
    });
  }

  private tell(order: StopwatchOrder): void {
    if (this.child.connected) this.child.send(order);
  }
}
