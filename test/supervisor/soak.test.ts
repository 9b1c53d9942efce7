/** Two hundred swaps in a row under load cost the supervisor nothing that stays. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { it } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import type { SwapOutcome } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { descriptors, isAlive, residentMemory } from './processes.ts';
import { request, Running } from './running.ts';
import { plain } from './servers.ts';

const swaps = 200;
/** By then caches and the heap have their size. */
const settledAfter = 50;
const memorySlack = 1.2;

it(`${swaps} swaps leave descriptors and memory of the supervisor flat, and no process`, async (t) => {
  const app = await Running.start(t, {
    files: { 'server.js': plain('v1') },
    command: ['node', 'server.js'],
    options: ['--no-watch'],
  });
  await app.serving(1);
  const attached = await attach({ workspace: app.folder, client: 'cli' });
  assert.ok(attached);
  t.after(() => attached.dispose());
  const server = attached.hello.servers[0]!.name;
  const supervisor = attached.hello.pid;
  const client = keepAsking(app.port);
  let settled = { descriptors: 0, memory: 0 };
  for (let n = 1; n <= swaps; n += 1) {
    const outcome: SwapOutcome = await attached.connection.sendRequest(rpc.swap, {
      server,
      cause: { kind: 'command', files: [], at: Date.now() },
    });
    assert.equal(outcome.outcome, 'swapped');
    if (n === settledAfter) {
      await allRetired(app, n);
      settled = { descriptors: descriptors(supervisor), memory: residentMemory(supervisor) };
    }
  }
  await allRetired(app, swaps);
  const end = { descriptors: descriptors(supervisor), memory: residentMemory(supervisor) };
  const { requests, failures } = await client.stop();
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  t.diagnostic(`after ${settledAfter}: ${settled.descriptors} descriptors, ${megabytes(settled.memory)}`);
  t.diagnostic(`after ${swaps}: ${end.descriptors} descriptors, ${megabytes(end.memory)}`);
  t.diagnostic(`${requests} requests, ${failures.length} failed`);
  assert.deepEqual(failures, []);
  assert.ok(Math.abs(end.descriptors - settled.descriptors) <= 3, 'descriptors grew');
  assert.ok(end.memory <= settled.memory * memorySlack, 'memory grew');
  const pids = app.events.flatMap((event) => (event.event === 'starting' ? [event.pid] : []));
  assert.equal(pids.length, swaps + 1);
  assert.deepEqual(pids.filter(isAlive), pids.slice(-1));
});

/** Every generation up to this one is gone. */
async function allRetired(app: Running, last: number): Promise<void> {
  for (let n = 1; n <= last; n += 1) await app.retired(n);
}

/** One client on new connections and one kept alive, until stopped. */
function keepAsking(port: number): { stop(): Promise<{ requests: number; failures: string[] }> } {
  let over = false;
  let requests = 0;
  const failures: string[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (through: http.Agent | false): Promise<void> => {
    while (!over) {
      requests += 1;
      await request({ port, host: '127.0.0.1', path: '/', agent: through }).then(
        ({ status, body }) => {
          if (status !== 200 || body !== 'v1') failures.push(`${status} ${body}`);
        },
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  const clients = Promise.all([ask(false), ask(agent)]);
  return {
    stop: async () => {
      over = true;
      await clients;
      agent.destroy();
      return { requests, failures };
    },
  };
}
