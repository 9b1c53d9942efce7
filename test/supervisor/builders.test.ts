/** Dev commands that build, with the real tools: each save is served once, whole, and nothing is built anew. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { PartStatus } from '../../src/shared/model.ts';
import { onlyInAll } from '../tools/everything.mts';
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
    standby: true,
    files: { 'package.json': JSON.stringify({ name: 'app', scripts }), ...files, ...more },
    command: ['npm', 'run', 'dev'],
    modules,
  });
}

async function partsOf(app: Running): Promise<readonly PartStatus[]> {
  return (await app.status()).parts ?? [];
}

const named = (parts: readonly PartStatus[], kind: PartStatus['kind']): string[] =>
  parts.filter((part) => part.kind === kind).map(({ name }) => name);
const pidsOf = (parts: readonly PartStatus[]): number[] =>
  parts.flatMap((part) => (part.kind === 'step' ? [] : [part.pid]));

// Saved by `replace`: some builders make a build of the moment in which a file is empty, and each is a swap.

/** One that runs its server itself, one that was built before, and one that is no tsc. */
const usual = /^(nest|npm run build|esbuild)/;

describe('a dev command that builds', () => {
  for (const [what, pipeline] of Object.entries(pipelines)) {
    it(`serves each save once: ${what}`, usual.test(what) ? {} : onlyInAll, async (t) => {
      const app = await start(t, pipeline);
      await app.serving(1);
      const first = await partsOf(app);
      assert.deepEqual(named(first, 'builder'), pipeline.builders);
      assert.deepEqual(named(first, 'step'), pipeline.steps ?? []);
      assert.deepEqual(named(first, 'companion'), pipeline.companions ?? []);

      const load = Load.start(t, app.port);
      for (const generation of [2, 3]) {
        app.replace(source, answer(`v${generation}`));
        await app.serving(generation);
        assert.equal((await app.get('/')).body, `v${generation}`);
      }

      app.replace(source, broken);
      const failed = await app.event('buildFailed');
      assert.equal(failed.serving, 3);
      assert.equal(failed.file, `${app.folder}/${source}`);
      assert.equal(failed.line, brokenLine);
      assert.equal((await app.get('/')).body, 'v3');
      app.replace(source, answer('v4'));
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

  it('is not started while the first build fails, and is when it is mended', async (t) => {
    const app = await start(t, {
      scripts: { dev: 'tsc-watch --onSuccess "node dist/index.js"' },
      files: { [source]: broken },
      builders: ['tsc-watch'],
    });
    const failed = await app.event('buildFailed');
    assert.deepEqual(
      [failed.serving, failed.file, failed.line],
      [undefined, `${app.folder}/${source}`, brokenLine],
    );
    app.replace(source, answer('v1'));
    await app.event('serving');
    assert.equal((await app.get('/')).body, 'v1');
    assert.equal(app.events.filter(({ event }) => event === 'starting').length, 1);
  });

  it(
    'that runs what is written in spite of errors is started with them, and swapped without others',
    onlyInAll,
    async (t) => {
      const wrong = (text: string): string => `export const answer: number = '${text}';\n`;
      const app = await start(t, {
        scripts: { dev: 'concurrently "tsc -w" "wait-on dist/index.js && node --watch dist/index.js"' },
        files: { [source]: wrong('v1') },
        builders: ['tsc'],
      });
      await app.serving(1);
      assert.equal((await app.get('/')).body, 'v1');
      app.replace(source, wrong('v2'));
      await app.serving(2);
      app.replace(source, `${wrong('v3')}export const more: boolean = 1;\n`);
      await app.event('buildFailed');
      assert.equal((await app.get('/')).body, 'v2');
      app.replace(source, answer('v4'));
      await app.serving(3);
      assert.equal((await app.get('/')).body, 'v4');
    },
  );

  it('serves on when its builder is killed, and says so', async (t) => {
    const app = await start(t, {
      scripts: { dev: 'tsc -w & node --watch dist/index.js' },
      builders: ['tsc'],
    });
    await app.serving(1);
    const [pid = 0] = pidsOf(await partsOf(app));
    process.kill(pid, 'SIGKILL');
    await app.event('notice', ({ message }) => message.includes('tsc has ended (SIGKILL)'));
    assert.equal((await app.get('/')).body, 'v1');
    assert.deepEqual(await partsOf(app), []);
  });

  for (const [when, printed] of Object.entries({
    'before anything has begun': /is taken apart/,
    'while it builds': /Starting compilation/,
  })) {
    it(`leaves nothing when it is stopped ${when}`, async (t) => {
      const app = await start(t, { scripts: { dev: 'tsc && node dist/index.js' }, builders: ['tsc'] });
      await app.printed(printed);
      const pids = when.startsWith('while') ? pidsOf(await partsOf(app)) : [];
      await app.stop();
      assert.deepEqual(pids.filter(isAlive), []);
      assert.equal(app.events.filter(({ event }) => event === 'starting').length, 0);
    });
  }
});

describe('a step before the server', () => {
  const serve = `
const { text } = require('./made.js');
require('node:http').createServer((_, response) => response.end(text)).listen(process.env.PORT);
console.log('loaded', text);
`;
  const make = (text: string): string => `
require('node:fs').writeFileSync('made.js', 'module.exports = { text: ${JSON.stringify(text)} };');
console.log('made', ${JSON.stringify(text)});
`;

  it('runs again in a swap if what it is made of was saved, and only then', async (t) => {
    const app = await start(t, {
      scripts: { dev: 'node make.js && nodemon server.js' },
      files: { 'make.js': make('v1'), 'server.js': serve },
      builders: [],
    });
    await app.serving(1);
    app.write('server.js', `${serve}// saved`);
    await app.serving(2);
    assert.equal(app.output.match(/made v1/g)?.length, 1);
    app.write('make.js', make('v2'));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('make.js', 'throw new Error("not made");');
    const failed = await app.event('buildFailed');
    assert.equal(failed.serving, 3);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('make.js', make('v4'));
    await app.serving(4);
    assert.equal((await app.get('/')).body, 'v4');
    assert.equal(app.events.filter(({ event }) => event === 'starting').length, 4);
  });
});
