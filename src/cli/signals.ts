/** The signals that end `hot-swap run`, from its first moment on: nothing that it has started may outlive it. */
const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type EndingSignal = (typeof ending)[number];

export class Signals {
  private readonly seen: EndingSignal[] = [];
  private listener: ((signal: EndingSignal, nth: number) => void) | undefined;

  constructor() {
    for (const signal of ending) process.on(signal, () => this.receive(signal));
    // Who has read what is printed is gone, as when a terminal is closed. What is printed from then on fails, too.
    let isRead = true;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => {
        if (isRead) this.receive('SIGHUP');
        isRead = false;
      });
    }
  }

  /** They came twice: nobody was asked. */
  get wasKilled(): boolean {
    return this.seen.length > 1;
  }

  /** `nth` from 1. Those that came before are told now. */
  listen(listener: (signal: EndingSignal, nth: number) => void): void {
    this.listener = listener;
    for (const [index, signal] of this.seen.entries()) listener(signal, index + 1);
  }

  private receive(signal: EndingSignal): void {
    const nth = this.seen.push(signal);
    this.listener?.(signal, nth);
  }
}
