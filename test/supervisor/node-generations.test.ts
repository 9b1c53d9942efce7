import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import type { NodeMajor } from '../tools/node-versions.mts';
import { clustered, lasting } from './node-programs.ts';
import { keptConnection, Running } from './running.ts';
import { edit } from './traffic-clients.ts';

async function serve(t: TestContext, major: NodeMajor, source: string): Promise<Running> {
  const app = await Running.start(t, {
    files: { 'server.js': source },
    command: ['node', 'server.js'],
    options: ['--no-watch'],
    env: { PATH: `${path.dirname(await nodeBinary(major))}:${process.env['PATH'] ?? ''}` },
  });
  await app.serving(1);
  return app;
}

for (const major of newestMajors) {
  describe(`on Node ${major}, a generation`, () => {
    it('sees of its server what the first one saw, and shuts down as it would alone', async (t) => {
      const app = await serve(t, major, lasting('v1'));
      const [, first] = await app.printed(/v1 sees (.*)\n/);
      await edit(app, lasting('v2'));
      const [, second] = await app.printed(/v2 sees (.*)\n/);
      assert.equal(second, first);
      const retired = await app.retired(1);
      assert.match(app.output, new RegExp(`v1 emits close\n(.*\n)?v1 closed false ${app.port} undefined`));
      assert.equal(retired.exitCode, 0);
      await app.stop();
      assert.match(app.output, new RegExp(`v2 closed false ${app.port} undefined`));
    });

    it('of a cluster is swapped with its workers, which finish what they began', async (t) => {
      const app = await serve(t, major, clustered('v1'));
      const agent = keptConnection(t);
      assert.match((await app.get('/', { agent })).body, /^v1 by worker/);
      const slow = app.get('/slow');
      await app.printed(/v1 begins/);
      await edit(app, clustered('v2'), 'held');
      const [held, kept] = await Promise.all([app.get('/'), app.get('/', { agent })]);
      assert.match(held.body, /^v2 by worker/);
      assert.match(kept.body, /^v2 by worker/);
      assert.match((await slow).body, /^v1 by worker/);
      const retired = await app.retired(1);
      assert.equal(retired.exitCode, 0);
      assert.equal(retired.lost, 0);
      assert.match((await app.get('/')).body, /^v2 by worker/);
      const { listeners } = await app.serving(2);
      assert.deepEqual(
        listeners.map(({ key }) => key),
        [`tcp:*:${app.port}`],
      );
    });
  });
}
