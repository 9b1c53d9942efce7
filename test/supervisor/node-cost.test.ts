import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { isJudged, judge } from '../tools/limits.ts';
import { invited } from '../tools/invited.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import { cleanEnvironment } from './running.ts';

/** Interleaved runs of each kind, if their time is judged. */
const runs = isJudged ? 20 : 1;
/** Of Node's own modules, those that it may load more: what few need, those few load. */
const builtinsMore = 8;
/** Far above what it is, far below what a careless import makes of it, on a busy machine too (ms). */
const limitMs = 20;

const programs = {
  'a process that never listens': '0',
  'one with a worker thread': "new (require('node:worker_threads').Worker)('0', { eval: true })",
};
const cases = nodeMajors.flatMap((major) =>
  Object.entries(programs).map(([what, program]) => ({ major, what, program })),
);

describe('the preload', () => {
  for (const { major, what, program } of cases) {
    it(`costs ${what} next to nothing on Node ${major}`, async (t) => {
      const node = await nodeBinary(major);
      const bare = cleanEnvironment();
      const withPreload = invited(bare);
      const loads = (env: NodeJS.ProcessEnv): number => {
        const count = `${program}; console.log(process.moduleLoadList.length)`;
        return Number(spawnSync(node, ['-e', count], { env, encoding: 'utf8' }).stdout);
      };
      const more = loads(withPreload) - loads(bare);
      t.diagnostic(`${more} of Node's own modules more`);
      assert.ok(more <= builtinsMore, `${more} modules`);
      const took = (env: NodeJS.ProcessEnv): number => {
        const start = performance.now();
        const { status, stderr } = spawnSync(node, ['-e', program], { env, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return performance.now() - start;
      };
      const without: number[] = [];
      const withUs: number[] = [];
      for (let i = 0; i < runs; i++) {
        without.push(took(bare));
        withUs.push(took(withPreload));
      }
      const cost = median(withUs) - median(without);
      t.diagnostic(`bare: ${median(without).toFixed(1)} ms, with the preload ${cost.toFixed(1)} ms more`);
      judge('ms more', cost, limitMs);
    });
  }
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
