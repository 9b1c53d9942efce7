/** A save of a file that is being worked on, where all before it was run ahead; and any other save. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import * as rpc from '../../src/shared/rpc.ts';
import type { HandoffEvent } from '../../src/shared/model.ts';
import type { SwapSteps } from '../../src/shared/told/steps.ts';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { onlyInAll } from '../tools/everything.mts';
import type { Running } from './running.ts';
import { start, swap, swapWarm, warm } from './standby-apps.ts';
import type { AppOptions } from './standby-apps.ts';
import { untilTrue } from './until.ts';

type Ahead = HandoffEvent & { readonly event: 'standby'; readonly state: 'ahead' };

/** Answers with what its modules have done, in order. `hot` comes after `before`, and before `after`. */
const files = {
  'server.js': `
globalThis.order = ['server'];
process.env.SET_BY_APP = 'server';
console.log('begins');
const before = require('./before');
const hot = require('./hot');
const after = require('./after');
require('node:http').createServer((request, response) => response.end(JSON.stringify({
  order: globalThis.order, values: [before, hot, after], set: process.env.SET_BY_APP, main: require.main === module,
  argv: process.argv.slice(1),
}))).listen(process.env.PORT);`,
  'before.js': `
globalThis.order.push('before');
console.log('before', process.env.SET_BY_APP);
const fs = require('node:fs');
const listed = fs.readdirSync(__dirname + '/lib').length;
exports.value = [fs.readFileSync(__dirname + '/text.txt', 'utf8'), fs.existsSync(__dirname + '/flag'), listed, require('./settings').value];`,
  'hot.js': hot('v1'),
  'after.js': `globalThis.order.push('after'); console.log('after'); exports.value = 1;`,
  'text.txt': 'text',
  'settings.json': '{"value":"json"}',
  'lib/one.txt': '',
};

function hot(version: string): string {
  return `globalThis.order.push('hot'); console.log('hot ${version}'); exports.version = '${version}';`;
}

async function runsAhead(app: Running, events: number): Promise<Ahead> {
  const isNew = (event: HandoffEvent): boolean => app.events.indexOf(event) >= events;
  return (await app.event('standby', (event) => event.state === 'ahead' && isNew(event))) as Ahead;
}

/** Its second generation serves, and the third is run ahead up to the file that was changed in between. */
async function startAhead(t: TestContext, options: Partial<AppOptions> = {}): Promise<Running> {
  const app = await start(t, { files, ...options });
  await warm(app);
  const before = app.events.length;
  app.write('hot.js', hot('v2'));
  await swap(app);
  const { before: next } = await runsAhead(app, before);
  assert.equal(next, `reads ${path.join(app.folder, 'hot.js')}`);
  return app;
}

/** Of the last swap, by when they were; once a client was answered. */
async function stepsOf(app: Running, generation: number): Promise<string[]> {
  const attached = await attach({ workspace: app.workspace, client: 'cli' });
  assert.ok(attached);
  let steps: SwapSteps | undefined;
  await untilTrue(async () => {
    const [status] = await attached.connection.sendRequest(rpc.status);
    assert.equal(status?.serving?.generation, generation);
    steps = status.serving.steps;
    return steps?.answered !== undefined;
  });
  attached.dispose();
  return Object.entries(steps ?? {})
    .sort(([, one], [, other]) => one - other)
    .map(([step]) => step);
}

function originOf(app: Running, generation: number): string | undefined {
  const starting = app.events.find((event) => event.event === 'starting' && event.generation === generation);
  return starting?.event === 'starting' ? starting.origin : undefined;
}

for (const major of newestMajors) {
  describe(`on Node ${major}, a file that is being worked on`, () => {
    it('is all that is left to run when it is saved, and nobody can tell', async (t) => {
      const env = { PATH: `${path.dirname(await nodeBinary(major))}:${process.env['PATH'] ?? ''}` };
      const app = await startAhead(t, { env });
      const second = (await app.get('/')).body;
      const printed = app.output;
      app.write('hot.js', hot('v3'));
      const before = app.events.length;
      const serving = await swap(app);
      assert.deepEqual([originOf(app, 3), serving.standby], ['ahead', true]);
      assert.deepEqual((await app.get('/')).body, second.replace('v2', 'v3'));
      assert.equal(printed, ['v1', 'v2'].map(output).join(''), 'nothing was printed ahead');
      await runsAhead(app, before);
      assert.equal(app.output, ['v1', 'v2', 'v3'].map(output).join(''));
      assert.deepEqual(await stepsOf(app, 3), ['released', 'listening', 'ready', 'serving', 'answered']);
    });
  });
}

/** The same as ES modules. What one imports is evaluated before it, and a file that it only imports later may not be there yet. */
const esModules = {
  'package.json': '{"type":"module"}',
  'order.js': `export const order = [];`,
  'server.js': `
import { order } from './order.js';
import './before.js';
import { version } from './hot.js';
import * as after from './after.js';
import http from 'node:http';
import fs from 'node:fs';
fs.writeFileSync(new URL('late.js', import.meta.url), \`export const made = '\${version}';\`);
const { made } = await import('./late.js');
order.push('server');
console.log('begins');
http.createServer((request, response) => response.end(JSON.stringify({
  order, values: [version, after.value(), made], argv: process.argv.slice(1),
}))).listen(process.env.PORT);`,
  'before.js': `import { order } from './order.js'; order.push('before'); console.log('before'); process.env.SET_BY_APP = 'before';`,
  'hot.js': hotEsModule('v1'),
  'after.js': `import { order } from './order.js'; order.push('after'); const set = process.env.SET_BY_APP; export const value = () => set;`,
};

function hotEsModule(version: string): string {
  return `import { order } from './order.js'; order.push('hot'); console.log('hot ${version}'); process.env.SET_BY_APP = '${version}'; export const version = '${version}';`;
}

for (const major of newestMajors)
  describe(`on Node ${major}, ES modules that do not lead to what is being worked on`, () => {
    it('are linked when it is saved, and evaluated in their order', async (t) => {
      const env = { PATH: `${path.dirname(await nodeBinary(major))}:${process.env['PATH'] ?? ''}` };
      const app = await start(t, { files: esModules, env });
      await warm(app);
      const attached = await attach({ workspace: app.workspace, client: 'editor' });
      assert.ok(attached);
      t.after(() => attached.dispose());
      const first = (await app.get('/')).body;
      assert.match(first, /"before","hot","after","server"\],"values":\["v1","v1","v1"\]/);
      let ahead: Ahead | undefined;
      for (const version of ['v2', 'v3', 'v4']) {
        const before = app.events.length;
        if (version === 'v4') app.write('after.js', esModules['after.js'].replace('=> set', "=> set + '!'"));
        app.write('hot.js', hotEsModule(version));
        await swap(app);
        const { body } = await app.get('/');
        const edited = version === 'v4' ? `"${version}!"` : `"${version}"`;
        assert.equal(body, first.replace('["v1","v1","v1"]', `["${version}",${edited},"${version}"]`));
        ahead = await runsAhead(app, before);
      }
      // Nothing is made anew for one that may be saved as it is.
      await attached.connection.sendNotification(rpc.working, {
        changed: [path.join(app.folder, 'order.js')],
        open: [],
      });
      app.write('order.js', `${esModules['order.js']} order.push('ordered');`);
      await swap(app);
      assert.match((await app.get('/')).body, /"order":\["ordered","before"/);
      assert.equal((await app.event('starting', ({ generation }) => generation === 5)).pid, ahead?.pid);
      // The last of these changed a module that was linked, and is forgotten.
      assert.deepEqual(
        [2, 3, 4].map((number) => originOf(app, number)),
        ['standby', 'ahead', 'ahead'],
      );
      assert.equal(
        app.output,
        ['v1', 'v2', 'v3', 'v4', 'v4'].map((one) => `before\nhot ${one}\nbegins\n`).join(''),
      );
    });
  });

function output(version: string): string {
  return `begins\nbefore server\nhot ${version}\nafter\n`;
}

describe('what was run ahead is thrown away, and the swap is to what is there, when', () => {
  const changes: Readonly<Record<string, readonly [file: string, content: string, expected: RegExp]>> = {
    'a module of it changes': ['before.js', "globalThis.order.push('other'); module.exports = 2;", /"other"/],
    'a file changes that it has read': ['text.txt', 'other text', /"other text"/],
    'a file appears for which it has looked': ['flag', '', /"text",true/],
    'a file appears in a folder that it has listed': ['lib/two.txt', '', /"text",false,2/],
    'a file appears that is loaded in place of another': ['settings.js', "exports.value = 'js';", /2?,"js"/],
    'package.json changes': ['package.json', '{"name":"other"}', /"v3"/],
  };
  for (const [what, [file, content, expected]] of Object.entries(changes))
    it(what, async (t) => {
      const app = await startAhead(t);
      app.write(file, content);
      app.write('hot.js', hot('v3'));
      await swap(app);
      assert.notEqual(originOf(app, 3), 'ahead');
      const { body } = await app.get('/');
      assert.match(body, expected);
      assert.match(body, /"v3"/);
    });

  it('another file is saved, which is one of those from then on', async (t) => {
    const app = await startAhead(t);
    app.write('before.js', files['before.js'].replace("push('before')", "push('edited')"));
    const before = app.events.length;
    await swap(app);
    assert.equal(originOf(app, 3), 'standby');
    assert.match((await app.get('/')).body, /"server","edited","hot","after"/);
    assert.match((await runsAhead(app, before)).before, /before\.js$/);
    app.write('hot.js', hot('v3'));
    await swap(app);
    assert.equal(originOf(app, 4), 'ahead');
    assert.match((await app.get('/')).body, /"v3"/);
  });
});

describe('of what was run ahead, a module that changes', () => {
  /** It has to be evaluated in its turn. */
  const counted = (value: number): string =>
    `globalThis.many = (globalThis.many ?? 0) + 1; exports.value = ${value};`;
  /** More than are looked at before the release. */
  const names = Array.from({ length: 500 }, (_, i) => `many/${String(i)}.js`);
  const many = Object.fromEntries(names.map((name) => [name, counted(1)]));
  const all = names.map((name) => `require('./${name}').value`).join(' + ');

  it('while nobody tells of it serves nobody as it was', async (t) => {
    const before = `exports.sum = ${all};`;
    const app = await startAhead(t, { files: { ...files, ...many, 'before.js': before } });
    const attached = await attach({ workspace: app.workspace, client: 'editor' });
    assert.ok(attached);
    t.after(() => attached.dispose());
    app.write('many/450.js', counted(2));
    app.write('hot.js', hot('v3'));
    const events = app.events.length;
    await attached.connection.sendNotification(rpc.saved, {
      files: [path.join(app.folder, 'hot.js')],
      time: Date.now(),
    });
    const serving = await app.event('serving', (event) => app.events.indexOf(event) >= events);
    assert.deepEqual([originOf(app, 3), serving.generation], ['ahead', 4]);
    assert.match((await app.get('/')).body, /"sum":501.*"v3"/);
  });
});

describe('an app of many modules that only make what they export', () => {
  const names = Array.from({ length: 150 }, (_, i) => `many/${String(i)}.js`);
  const many = Object.fromEntries(
    names.map((name, i) => [
      name,
      i % 10 === 0 ? 'exports.value = 1;' : `exports.value = require('./${String(i - 1)}').value;`,
    ]),
  );

  it('is served from what was run ahead, whichever of them is saved', async (t) => {
    const all = names.map((name) => `require('./${name.slice(0, -3)}');`).join('');
    const before = `${all} exports.values = [require('./many/149').value, require('./many/70').value];`;
    const app = await start(t, { files: { ...files, ...many, 'before.js': before } });
    await warm(app);
    const saves: readonly [file: string, content: string, values: string][] = [
      ['hot.js', hot('v2'), '1,1'],
      ['many/140.js', 'exports.value = 2;', '2,1'],
      ['many/145.js', `exports.value = require('./144').value + 1;`, '3,1'],
      ['server.js', files['server.js'].replace("'begins'", "'begins anew'"), '3,1'],
    ];
    for (const [i, [file, content, values]] of saves.entries()) {
      const events = app.events.length;
      app.write(file, content);
      await swap(app);
      assert.equal(originOf(app, i + 2), i === 0 ? 'standby' : 'ahead', file);
      assert.match((await app.get('/')).body, new RegExp(`"values":\\[${values}\\].*"v2"`));
      await runsAhead(app, events);
    }
    assert.match(app.output, /begins anew/);
    // Node would find another one in its place.
    app.write('many/70/index.js', 'exports.value = 9;');
    rmSync(path.join(app.folder, 'many/70.js'));
    await swap(app);
    assert.notEqual(originOf(app, 6), 'ahead');
    assert.match((await app.get('/')).body, /"values":\[3,9\]/);
  });
});

describe('a file that an editor has', () => {
  it('is one of those, from its first change on or while it is in view, before it was ever saved', async (t) => {
    const app = await start(t, { files });
    await warm(app);
    const attached = await attach({ workspace: app.workspace, client: 'editor' });
    assert.ok(attached);
    t.after(() => attached.dispose());
    const [hotFile, after] = ['hot.js', 'after.js'].map((file) => path.join(app.folder, file));
    const works = async (changed: readonly string[], open: readonly string[]): Promise<Ahead> => {
      const before = app.events.length;
      await attached.connection.sendNotification(rpc.working, { changed, open });
      return await runsAhead(app, before);
    };
    assert.match((await works([], [after!, path.join(app.folder, 'text.md')])).before, /after\.js$/);
    assert.match((await works([hotFile!], [after!])).before, /hot\.js$/);
    app.write('hot.js', hot('v2'));
    await swap(app);
    assert.equal(originOf(app, 2), 'ahead');
    assert.match((await app.get('/')).body, /"server","before","hot","after".*"v2"/);
  });
});

describe('an app that is run ahead', () => {
  it('is none where that is switched off', async (t) => {
    const app = await start(t, { files, options: ['--no-run-ahead'] });
    await warm(app);
    app.write('hot.js', hot('v2'));
    await swapWarm(app);
    app.write('hot.js', hot('v3'));
    await swapWarm(app);
    assert.equal(originOf(app, 3), 'standby');
  });

  it('is not heard of if the server is stopped, not even at its end', async (t) => {
    const app = await startAhead(t, {
      files: {
        ...files,
        'before.js': `process.on('exit', () => console.log('ends')); ${files['before.js']}`,
      },
    });
    await app.stop();
    assert.equal(app.output.match(/begins/g)?.length, 2);
  });

  it('comes back after a save that is broken', async (t) => {
    const app = await startAhead(t);
    const before = app.events.length;
    app.write('hot.js', 'const = 3;');
    app.swap();
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.reason, failed.serving, failed.line], ['bootError', 2, 1]);
    await runsAhead(app, before);
    app.write('hot.js', hot('v4'));
    await swap(app);
    assert.equal(originOf(app, 4), 'ahead');
    assert.match((await app.get('/')).body, /"v4"/);
  });

  it('goes through npm and tsx', onlyInAll, async (t) => {
    const app = await startAhead(t, {
      files: { ...files, 'package.json': '{"scripts":{"dev":"tsx server.js"}}' },
      command: ['npm', 'run', 'dev'],
    });
    app.write('hot.js', hot('v3'));
    await swap(app);
    assert.equal(originOf(app, 3), 'ahead');
    assert.match((await app.get('/')).body, /"server","before","hot","after".*"v3"/);
  });
});
