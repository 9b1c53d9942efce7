/** Ten thousand kept-alive connections on one server at a swap. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import type { Asked } from './many-connections.mts';
import { cleanEnvironment, Running } from './running.ts';
import { megabytes, watchMemory } from './processes.ts';
import { edit } from './traffic-clients.ts';

/** One process holds only so many descriptors. */
const clients = 4;
const drainTimeoutMs = 30_000;

const source = (version: string): string => `
const http = require('node:http');
const server = http.createServer((req, res) => res.end('${version}'));
server.keepAliveTimeout = 600_000; // idle ones are not to be closed beneath the test
server.listen({ port: process.env.PORT, backlog: 4096 });
`;

/** `limit`: descriptors that the server may have, if fewer than usual. */
async function survives(t: TestContext, connections: number, limit?: number): Promise<void> {
  const limited = ['sh', '-c', `ulimit -n ${limit} && exec node server.js`];
  const app = await Running.start(t, {
    files: { 'server.js': source('v1') },
    command: limit === undefined ? ['node', 'server.js'] : limited,
    options: ['--no-watch', '--drain-timeout', String(drainTimeoutMs)],
  });
  const first = await app.serving(1);
  const all = await Promise.all(
    Array.from({ length: clients }, (_, n) => Many.open(t, app.port, connections / clients, n)),
  );
  assert.deepEqual(sum(all.map(({ opened }) => opened)), { bodies: { v1: connections }, failures: {} });
  await edit(app, source('v2'));
  const memory = watchMemory(first.pid);
  const idle = memory.peak();
  const before = performance.now();
  const asked = await Promise.all(all.map((many) => many.ask()));
  const ms = performance.now() - before;
  const retired = await app.retired(1);
  t.diagnostic(
    `${connections} requests relayed in ${Math.round(ms)} ms; gen 1 drained in ${Math.round(retired.drainMs)} ms, ` +
      `${megabytes(idle)} with idle connections, ${megabytes(memory.peak())} at most`,
  );
  assert.deepEqual(sum(asked), { bodies: { v2: connections }, failures: {} });
  assert.equal(retired.lost, 0);
  assert.equal(retired.exitCode, 0);
}

describe('a swap', onlyInAll, () => {
  it('fails none of 10,000 kept-alive connections', (t) => survives(t, 10_000));

  it('fails none where the old generation has hardly a descriptor left to relay with', (t) =>
    survives(t, 2000, 2100));
});

/** A process with many connections. */
class Many {
  private constructor(
    private readonly child: ReturnType<typeof fork>,
    readonly opened: Asked,
  ) {}

  static async open(t: TestContext, port: number, count: number, n: number): Promise<Many> {
    // Each from an address of its own, which has its own ports.
    const args = [
      String(port),
      String(count),
      process.platform === 'linux' ? `127.0.0.${n + 2}` : '127.0.0.1',
    ];
    const child = fork(path.join(import.meta.dirname, 'many-connections.mts'), args, {
      execArgv: ['--import', 'tsx'],
      env: cleanEnvironment(),
    });
    t.after(() => child.kill('SIGKILL'));
    return new Many(child, await report(child));
  }

  ask(): Promise<Asked> {
    this.child.send('ask');
    return report(this.child);
  }
}

async function report(child: ReturnType<typeof fork>): Promise<Asked> {
  const exit = once(child, 'exit').then(([code]) => assert.fail(`a client exited with ${String(code)}`));
  const [asked] = (await Promise.race([once(child, 'message'), exit])) as [Asked];
  return asked;
}

function sum(all: readonly Asked[]): Asked {
  const total: { [Name in keyof Asked]: Record<string, number> } = { bodies: {}, failures: {} };
  for (const asked of all) {
    for (const name of ['bodies', 'failures'] as const) {
      for (const [what, n] of Object.entries(asked[name])) total[name][what] = (total[name][what] ?? 0) + n;
    }
  }
  return total;
}
