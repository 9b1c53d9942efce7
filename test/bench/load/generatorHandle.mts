import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Task {
  port: number;
  connections: number;
  ms: number;
}

export interface Tally {
  requests: number;
  errors: number;
  ms: number;
  /** Of one request, from its sending to the end of its answer. */
  medianMs: number;
}

/** The harness's end of the closed-loop generator, which is a process of its own. */
export class Generator {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('generator.mts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });

  /** As many requests as the server answers in that time, one at a time on each connection. */
  async measure(port: number, connections: number, ms: number): Promise<Tally> {
    this.child.send({ port, connections, ms } satisfies Task);
    const over = new AbortController();
    const { signal } = over;
    const gone = once(this.child, 'exit', { signal }).then(() => {
      throw new Error('the generator ended too early');
    });
    try {
      const [tally] = (await Promise.race([once(this.child, 'message', { signal }), gone])) as [Tally];
      return tally;
    } finally {
      over.abort();
    }
  }

  end(): void {
    this.child.disconnect();
  }
}
