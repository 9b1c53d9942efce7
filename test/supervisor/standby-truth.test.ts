/** Wherever the app could see a difference from a cold start, the swap is a cold one, or the package comes later. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start, swap, swapWarm, warm } from './standby-apps.ts';
import { answer, inOrder, leavesSubjects, note, packagesWith, source } from './standby-subject.ts';
import type { Cases } from './standby-subject.ts';

const workers: Cases = {
  'starts a timer': [/starts a timer/, 'setInterval(() => {}, 1000);'],
  'starts a timer that keeps nothing alive': [/starts a timer/, 'setTimeout(() => {}, 1e6).unref();'],
  'listens for process events': [/process events \(exit\)/, "process.on('exit', () => {});"],
  'handles a signal': [/process events|signal/, "process.on('SIGUSR1', () => {});"],
  'opens a connection': [
    /opens a connection|opens a pipe/,
    "const c = require('node:net').connect('/nowhere'); c.on('error', () => {});",
  ],
  'starts a process': [
    /starts a process|reads APP_SETTING/, // it hands all variables on
    "require('node:child_process').spawn('true').unref();",
  ],
  'starts a thread': [/starts a thread/, "new (require('node:worker_threads').Worker)('0', { eval: true });"],
  'reads a variable that the app sets': [/reads APP_SETTING/, 'exports.value = process.env.APP_SETTING;'],
  'copies all variables': [/reads APP_SETTING/, 'exports.value = { ...process.env }.APP_SETTING;'],
  'reads a file of the app': [
    /reads settings\.json/,
    "exports.value = require('node:fs').readFileSync('settings.json', 'utf8');",
  ],
  'looks at who wants it': [
    /fails to load/,
    "if (!globalThis.order.includes('app')) throw new Error('too early');",
  ],
};

describe('a package that, while it loads,', () => {
  it(`${Object.keys(workers).join(', or ')}, is left for the app to load`, async (t) =>
    leavesSubjects(t, workers));

  it('replaces what others are loaded with, keeps all that follow it in the app’s order', async (t) => {
    const patch =
      "const http = require('node:http'); const { get } = http; http.get = (...all) => get(...all);";
    const app = await start(t, {
      files: { 'server.js': source('v1') },
      packages: packagesWith(patch),
    });
    const { leftOut, modules } = await warm(app);
    assert.match(leftOut.join(), /http\.get/);
    assert.equal(modules, 0);
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual((await answer(app)).order, inOrder);
  });
});

describe('an app that instruments what it loads', () => {
  it('finds nothing loaded before it does', async (t) => {
    const instrumenting = (version: string): string => `
const Module = require('node:module');
const original = Module.prototype.require;
const seen = [];
Module.prototype.require = function (id) { seen.push(id); return original.call(this, id); };
require('wrapper');
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order: seen }));
}).listen(process.env.PORT);`;
    const app = await start(t, {
      files: { 'server.js': instrumenting('v1') },
      packages: packagesWith(''),
    });
    const cold = await answer(app);
    const { leftOut } = await warm(app);
    assert.match(leftOut.join(), /the app replaces module\.prototype\.require/);
    app.write('server.js', instrumenting('v2'));
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
  });
});

describe('the swap is a cold one after a change of', () => {
  const changes: Readonly<Record<string, readonly [file: string, content: string]>> = {
    'a dependency': ['node_modules/subject/index.js', `${note('subject')}exports.value = 'new';`],
    'a dependency’s package.json': [
      'node_modules/subject/package.json',
      '{"name":"subject","version":"2.0.0"}',
    ],
    'the lockfile': ['package-lock.json', '{"lockfileVersion":3}'],
    'what is installed': ['node_modules/.package-lock.json', '{}'],
    'package.json': ['package.json', '{"name":"app","version":"2.0.0"}'],
    'tsconfig.json': ['tsconfig.json', '{}'],
    '.env': ['.env', 'A=1'],
  };
  it(Object.keys(changes).join(', '), async (t) => {
    const app = await start(t, { files: { 'server.js': source('v1') }, packages: packagesWith('') });
    let events = 0;
    for (const [what, [file, content]] of Object.entries(changes)) {
      await warm(app, events);
      events = app.events.length;
      app.write(file, content);
      const serving = await swap(app);
      assert.equal(serving.standby, false, what);
      const dropped = app.events.slice(events).find(({ event }) => event === 'standby');
      assert.ok(
        dropped?.event === 'standby' && dropped.state === 'dropped' && dropped.why.includes(file),
        what,
      );
      if (file.endsWith('subject/index.js')) assert.equal((await answer(app)).value, 'new');
    }
  });
});
