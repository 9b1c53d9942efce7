/** Dev commands that build, with the real tools: each save is served once, whole, and nothing is built anew. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { PartStatus, ServerStatus } from '../../src/shared/model.ts';
import { Load } from './load.ts';
import { answer, broken, brokenLine, files, pipelinePackages, pipelines, source } from './pipeline-apps.ts';
import type { PipelineApp } from './pipeline-apps.ts';
import { isAlive } from './processes.ts';
import { Running } from './running.ts';

let modules = '';
before(async () => {
  modules = await pipelinePackages();
});

async function start(t: TestContext, { scripts, files: more }: PipelineApp): Promise<Running> {
  return await Running.start(t, {
    files: { 'package.json': JSON.stringify({ name: 'app', scripts }), ...files, ...more },
    command: ['npm', 'run', 'dev'],
    modules,
  });
}

async function partsOf(app: Running): Promise<readonly PartStatus[]> {
  const { stdout } = await app.command('status', '--json');
  const [status] = JSON.parse(stdout) as ServerStatus[];
  return status?.parts ?? [];
}

const named = (parts: readonly PartStatus[], kind: PartStatus['kind']): string[] =>
  parts.filter((part) => part.kind === kind).map(({ name }) => name);
const pidsOf = (parts: readonly PartStatus[]): number[] =>
  parts.flatMap((part) => (part.kind === 'step' ? [] : [part.pid]));

describe('a dev command that builds', () => {
  for (const [what, pipeline] of Object.entries(pipelines)) {
    it(`serves each save once: ${what}`, async (t) => {
      const app = await start(t, pipeline);
      await app.serving(1);
      const first = await partsOf(app);
      assert.deepEqual(named(first, 'builder'), pipeline.builders);
      assert.deepEqual(named(first, 'step'), pipeline.steps ?? []);
      assert.deepEqual(named(first, 'companion'), pipeline.companions ?? []);

      const load = Load.start(t, app.port);
      for (const generation of [2, 3]) {
        app.write(source, answer(`v${generation}`));
        await app.serving(generation);
        assert.equal((await app.get('/')).body, `v${generation}`);
      }

      app.write(source, broken);
      const failed = await app.event('buildFailed');
      assert.equal(failed.serving, 3);
      assert.equal(failed.file, `${app.folder}/${source}`);
      assert.equal(failed.line, brokenLine);
      assert.equal((await app.get('/')).body, 'v3');
      app.write(source, answer('v4'));
      await app.serving(4);
      await load.answeredSince();

      const { bad, refused, cut } = await load.stop();
      assert.deepEqual([bad, refused, cut, load.latest], [0, 0, 0, 'v4']);
      const last = await partsOf(app);
      assert.deepEqual(pidsOf(last), pidsOf(first), 'what was started once is what runs');
      assert.equal(app.events.filter(({ event }) => event === 'starting').length, 4);
      await app.stop();
      assert.deepEqual(pidsOf(first).filter(isAlive), []);
    });
  }
});
