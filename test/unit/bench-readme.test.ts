import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { replaceBetween } from '../bench/figures/readme.mts';
import { readmeTables } from '../bench/figures/readmeTables.mts';
import type { Results } from '../bench/figures/results.mts';

const nothing: Results = {
  startedAt: '2026-11-24T10:00:00.000Z',
  minutes: 1,
  versions: { node: '20.20.2', nodemon: '3.1.14', cpus: '2 × a processor' },
  rate: 200,
  edits: 20,
  leftOut: [],
  sameBuild: true,
  standby: true,
  selfCheck: { untouched: 0, killed: 1 },
  apps: [
    {
      sample: 'express',
      title: 'Express',
      coldBootMs: { median: 400, min: 390, max: 420, n: 3 },
      peers: [
        { peer: 'hot-swap', title: 'Hot Swap' },
        { peer: 'bun-hot', title: '`bun --hot`', missing: 'no bun for this machine' },
      ],
      throughput: [],
      throughputOfPeers: [],
    },
  ],
  leftovers: [],
  checks: [],
};

describe('the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

  it('has the place for the tables, and keeps what is around it', () => {
    const replaced = replaceBetween(readme, 'TABLES');
    const [before, after] = replaced.split('TABLES');
    assert.ok(readme.startsWith(before!.trimEnd()));
    assert.ok(readme.endsWith(after!.trimStart()));
  });

  it('says when, on what and with what it was measured, and what is not there', () => {
    const tables = readmeTables([nothing]);
    assert.match(tables, /on 2026-11-24: 200 requests a second/);
    assert.match(tables, /2 cores, Node 20\.20\.2, nodemon 3\.1\.14\./);
    assert.match(tables, /^\| Hot Swap \| – /m);
    assert.match(tables, /Not measured: `bun --hot` \(no bun for this machine\)\./);
    assert.doesNotMatch(tables, /^\| `bun --hot`/m);
  });

  it('has the throughput of the last run that measured it, whichever has the rest', () => {
    const [app] = nothing.apps;
    const rounds = (name: string, a: number) => ({ name, perSecond: [a], requests: a, errors: 0, cpuMs: 1 });
    const throughput = [rounds('bare', 1000), rounds('bare again', 1000), rounds('hot-swap', 990)];
    const alone = { ...nothing, apps: [{ ...app!, peers: [], throughput }] };
    for (const runs of [
      [nothing, alone],
      [alone, nothing],
    ]) {
      const tables = readmeTables(runs);
      assert.match(tables, /^\| Hot Swap \|.* 0\.99 /m);
      assert.match(tables, /measured more exactly: Express 0\.990 /);
    }
  });
});
