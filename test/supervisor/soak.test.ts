/** Swaps in a row under load cost the supervisor nothing that stays. `HOT_SWAP_SOAK=1000` makes a thousand of them. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { judge } from '../tools/limits.ts';
import { descriptors, isAlive, megabytes, residentMemory } from './processes.ts';
import { request } from './running.ts';
import { plain } from './servers.ts';
import { Supervised } from './supervised.ts';
import { untilTrue } from './until.ts';

const swaps = Number(process.env['HOT_SWAP_SOAK'] ?? 120);
/** By then caches and the heap have their size. */
const settledAfter = 50;
const memorySlack = 1.05;

it(
  `${swaps} swaps leave descriptors and memory of the supervisor flat, and no process`,
  onlyInAll,
  async (t) => {
    const { env, measure } = measuring(t);
    const all = await Supervised.start(t, env);
    const client = keepAsking(await all.serve('api', plain('v1'), { watchDisk: false }));
    const results: { descriptors: number; memory: number }[] = [];
    for (let n = 1; n <= swaps; n += 1) {
      await all.swap('api');
      if (n !== settledAfter && n !== swaps) continue;
      for (let old = 1; old <= n; old += 1) await all.retired('api', old);
      results.push(await measure(all.pid));
      const { memory } = results.at(-1)!;
      t.diagnostic(`after ${n}: ${results.at(-1)!.descriptors} descriptors, ${megabytes(memory)}`);
    }
    const { requests, failures } = await client.stop();
    t.diagnostic(`${requests} requests, ${failures.length} failed`);
    assert.deepEqual(failures, []);
    const [settled, end] = results;
    assert.ok(settled && end);
    assert.ok(Math.abs(end.descriptors - settled.descriptors) <= 3, 'descriptors grew');
    judge('bytes in the end', end.memory, settled.memory * memorySlack);
    const pids = all.events.flatMap((event) => (event.event === 'starting' ? [event.pid] : []));
    assert.equal(pids.length, swaps + 1);
    assert.deepEqual(pids.filter(isAlive), pids.slice(-1));
  },
);

/** Memory as it is without garbage: how much of that there is depends on when V8 last looked. */
function measuring(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const collected = path.join(folder, 'collected');
  const measure = async (pid: number): Promise<{ descriptors: number; memory: number }> => {
    process.kill(pid, 'SIGUSR2');
    await untilTrue(() => existsSync(collected));
    rmSync(collected);
    return { descriptors: descriptors(pid), memory: residentMemory(pid) };
  };
  const preload = path.join(import.meta.dirname, 'collect-garbage.cjs');
  return { env: { NODE_OPTIONS: `--require ${preload}`, HOT_SWAP_TEST_COLLECTED: collected }, measure };
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
